throw new Error('mnist-bench: not written yet')

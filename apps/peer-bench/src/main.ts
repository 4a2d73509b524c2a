throw new Error('peer-bench: not written yet')

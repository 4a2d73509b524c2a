// Ctrl-C, and the wish of a supervisor to end.

const signals = { SIGINT: 130, SIGTERM: 143 } as const

export interface Interruptions {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** What the process is to end with; undefined where no signal came. */
  exitCode(): number | undefined
  /** Listens no longer. */
  end(): void
}

/** The first signal ends the run cleanly, a later one at once. */
export function interruptions(): Interruptions {
  const controller = new AbortController()
  let code: number | undefined
  let asked = 0
  const handlers = Object.entries(signals).map(([name, exitCode]) => {
    const handle = () => {
      // A terminal's Ctrl-C reaches every process of a command, and some of them pass it on: twice in a moment is once.
      if (code !== undefined && performance.now() - asked > 500) process.exit(exitCode)
      code ??= exitCode
      asked = performance.now()
      controller.abort()
    }
    process.on(name, handle)
    return { name, handle }
  })
  return {
    signal: controller.signal,
    exitCode: () => code,
    end() {
      for (const { name, handle } of handlers) process.off(name, handle)
    },
  }
}

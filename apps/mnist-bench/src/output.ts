// A stream that text goes to.

/** A terminal, a pipe or a file. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  /** Lines of a terminal. */
  readonly rows?: number
}

// What is measured: contestants that train the same work in processes of their own, one block of steps at a time.

/** What a contestant shall do in all its blocks. */
export interface Job {
  /** The file with images, labels, rows, network and first parameters: see work-file.ts. */
  readonly workFile: string
  readonly optimizer: string
  readonly learningRate: number
  readonly threads: number
}

/** Who makes the batch of a step: `ready` ones are made before the clock starts, `gathered` ones within the step. */
export type Batches = 'ready' | 'gathered'

export interface BlockRequest {
  /** Steps before the clock starts; they count as training. */
  readonly warmUp: number
  readonly steps: number
  readonly batches: Batches
}

export interface BlockResult {
  /** Milliseconds per step. */
  readonly ms: number
  /** The loss of the last step: contestants that do the same work agree on it. */
  readonly loss: number
}

/** A process that waits for blocks. Every block starts anew from the first parameters. */
export interface Contestant {
  block(request: BlockRequest): Promise<BlockResult>
  stop(): void
}

/** A framework that was found on this machine. */
export interface Installation {
  /** Version and everything that decides the speed. */
  readonly build: string
  /** What a reader must know to judge the numbers. */
  readonly warnings: readonly string[]
  start(job: Job): Promise<Contestant>
}

/** Another framework. */
export interface Peer {
  readonly name: string
  /** Looks for it on this machine; a sentence that says why there is none. */
  find(environment: NodeJS.ProcessEnv): Promise<Installation | string>
}

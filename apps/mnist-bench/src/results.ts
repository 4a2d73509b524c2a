// What a run has found so far: the outcome of every trial that is settled, and the best of them.

import type { EpochRecord } from '@gradwerk/core'
import { configurationNamed } from './configurations.ts'
import type { TrialFailure } from './messages.ts'
import type { Settings } from './settings.ts'
import { mean } from './statistics.ts'
import type { Figures, TrialOutcome, TrialRequest } from './trial.ts'

export interface FailedTrial extends TrialFailure {
  readonly seed: number
  /** Whether it was to train on all training images. */
  readonly final?: true
}

export interface Group {
  readonly name: string
  /** By seed. */
  readonly trials: readonly Figures[]
  readonly failures: readonly FailedTrial[]
}

/** A trial with the numbers it found, for the export. */
export interface Candidate {
  readonly request: TrialRequest
  readonly outcome: TrialOutcome
  /** Whether it was trained on all training images. */
  readonly final: boolean
}

interface Lines {
  readonly configuration: string
  readonly seed: number
  readonly final: boolean
  readonly history: readonly EpochRecord[]
}

export class Results {
  readonly #groups: Map<string, { trials: Figures[]; failures: FailedTrial[] }>
  readonly #lines: Lines[] = []
  #final: { readonly configuration: string; readonly figures: Figures } | undefined
  #best: Candidate | undefined

  constructor({ configurations }: Pick<Settings, 'configurations'>) {
    this.#groups = new Map(configurations.map((name) => [name, { trials: [], failures: [] }]))
  }

  get groups(): Group[] {
    const bySeed = (a: { seed: number }, b: { seed: number }) => a.seed - b.seed
    return [...this.#groups].map(([name, { trials, failures }]) => ({
      name,
      trials: trials.toSorted(bySeed),
      failures: failures.toSorted(bySeed),
    }))
  }

  /** The best configuration once more, on all training images. */
  get final(): { readonly configuration: string; readonly figures: Figures } | undefined {
    return this.#final
  }

  /** The trial with the highest validation accuracy. */
  get best(): Candidate | undefined {
    return this.#best
  }

  add(candidate: Candidate): void {
    const { request, outcome, final } = candidate
    const { configuration, seed } = request
    this.#lines.push({ configuration, seed, final, history: outcome.history })
    if (final) this.#final = { configuration, figures: outcome.figures }
    else this.#groups.get(configuration)?.trials.push(outcome.figures)
    if (this.#best === undefined || this.#rank(candidate, this.#best) < 0) this.#best = candidate
  }

  addFailure({ configuration, seed }: TrialRequest, failure: TrialFailure, final: boolean): void {
    this.#groups.get(configuration)?.failures.push({ seed, ...(final ? { final } : {}), ...failure })
  }

  /** Ties are broken by the loss and then by the order of the plan, never by which trial came in first. */
  #rank(a: Candidate, b: Candidate): number {
    const place = ({ request, final }: Candidate) =>
      (final ? -1 : [...this.#groups.keys()].indexOf(request.configuration)) * 1e6 + request.seed
    const [x, y] = [a.outcome.figures, b.outcome.figures]
    return y.validationAccuracy - x.validationAccuracy || x.validationLoss - y.validationLoss || place(a) - place(b)
  }

  /** Of the configurations that compete, the one with the highest mean validation accuracy, with its best seed. */
  winner(): { readonly configuration: string; readonly seed: number } | undefined {
    const names = [...this.#groups.keys()]
    const finished = this.groups.filter(({ name, trials }) => trials.length > 0 && competes(name, names))
    const [first] = finished.toSorted((a, b) => meanAccuracy(b) - meanAccuracy(a))
    const [best] = (first?.trials ?? []).toSorted((a, b) => b.validationAccuracy - a.validationAccuracy)
    return first === undefined || best === undefined ? undefined : { configuration: first.name, seed: best.seed }
  }

  /** One line of JSON for every epoch of every finished trial, in the order of the plan. */
  epochLines(): string {
    const names = [...this.#groups.keys()]
    const place = ({ configuration, final }: Lines) => (final ? names.length : names.indexOf(configuration))
    const ordered = this.#lines.toSorted((a, b) => place(a) - place(b) || a.seed - b.seed)
    return ordered
      .flatMap(({ configuration, seed, final, history }) =>
        history.map((record) => `${JSON.stringify({ configuration, seed, ...(final ? { final } : {}), ...record })}\n`),
      )
      .join('')
  }
}

function meanAccuracy({ trials }: Group): number {
  return mean(trials.map(({ validationAccuracy }) => validationAccuracy))
}

/** Whether a configuration may become the final run: those of the deep network compare first weights, and compete only alone. */
export function competes(name: string, among: readonly string[]): boolean {
  const perceptrons = among.filter((other) => configurationNamed(other).network === 'perceptron')
  return perceptrons.length === 0 || perceptrons.includes(name)
}

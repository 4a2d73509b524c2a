// The errors of gradwerk: typed, and built from facts so that every message answers the same questions.

/** What every error tells: who complains, what is wrong, and where known what was expected, what was given and what to try. */
export interface ErrorFacts {
  readonly who: string
  readonly problem: string
  readonly expected?: string
  readonly got?: string
  readonly hint?: string
  readonly cause?: unknown
}

/** `who: what is wrong; expected …; got …; try …` */
function message({ who, problem, expected, got, hint }: ErrorFacts): string {
  const parts = [`${who}: ${problem}`]
  if (expected !== undefined) parts.push(`expected ${expected}`)
  if (got !== undefined) parts.push(`got ${got}`)
  if (hint !== undefined) parts.push(`try ${hint}`)
  return parts.join('; ')
}

/** The root of all errors thrown on purpose by a gradwerk package. `facts` holds the parts of the message. */
export class GradwerkError extends Error {
  override readonly name: string = 'GradwerkError'
  readonly facts: ErrorFacts
  constructor(facts: ErrorFacts) {
    super(message(facts), facts.cause === undefined ? undefined : { cause: facts.cause })
    this.facts = facts
  }
}

/** Shapes that do not fit together. */
export class ShapeError extends GradwerkError {
  override readonly name: string = 'ShapeError'
}

/** An element type that an operation does not take. */
export class DTypeError extends GradwerkError {
  override readonly name: string = 'DTypeError'
}

/** An option outside its domain, or one that does not exist. */
export class OptionError extends GradwerkError {
  override readonly name: string = 'OptionError'
}

/** Numbers given by the caller that are out of range: labels, indices, an empty data set. */
export class DataError extends GradwerkError {
  override readonly name: string = 'DataError'
}

/** A gradient that does not exist: an op without a rule, or a target that the output does not depend on. */
export class GradientError extends GradwerkError {
  override readonly name: string = 'GradientError'
}

/** A program whose parts do not fit: an unknown input, two inputs of one name, a state that changes its type. */
export class ProgramError extends GradwerkError {
  override readonly name: string = 'ProgramError'
}

/** A backend that is missing, or that failed to compile or to run a program. */
export class BackendError extends GradwerkError {
  override readonly name: string = 'BackendError'
}

/** A plugin that breaks its contract. */
export class PluginError extends GradwerkError {
  override readonly name: string = 'PluginError'
}

// What holds for callbacks, shown on a run that is only acted out.

import {
  type Callback,
  copyOf,
  type Directives,
  type EpochRecord,
  filled,
  type RunView,
  type Snapshot,
  show,
  type Values,
} from '@gradwerk/core'
import { check } from '../errors.ts'
import { assertSame } from '../values.ts'
import { type Factory, type PluginCase, roundTrip, type SuiteOptions } from './plugin.ts'

/** Figures of the epochs of a run that is acted out. */
export type Script = readonly Omit<EpochRecord, 'epoch' | 'steps'>[]

export interface CallbackCase extends PluginCase<Callback> {
  /** Default: six epochs whose validation loss falls and then rises. */
  readonly script?: Script
  /** Epochs (from 1) after which a stop is asked for, where it is: `[4]`. */
  readonly stopsAfter?: number
}

/** What one hook answered: `epochEnd 3`. */
export interface HookAnswer {
  readonly hook: string
  readonly directives: Directives
}

const stepsPerEpoch = 4
const standardScript: Script = [1, 0.8, 0.7, 0.75, 0.9, 1.1].map((loss) => ({
  objective: loss,
  loss,
  training: { loss: loss / 2, accuracy: 1 - loss / 3 },
  validation: { loss, accuracy: 1 - loss / 2 },
}))

/** The parameter of the run holds the number of epochs done, so that a restored snapshot tells where it is from. */
function snapshotAt(step: number): Snapshot {
  return { parameters: { 'dense.kernel': filled('float32', [2], step / stepsPerEpoch) }, state: {}, slots: {} }
}

function viewOf(script: Script, epoch: number, step: number): RunView {
  const history = script
    .slice(0, epoch)
    .map((record, i) => ({ ...record, epoch: i + 1, steps: (i + 1) * stepsPerEpoch }))
  return Object.freeze({
    epochs: script.length,
    stepsPerEpoch,
    step,
    history: Object.freeze(history.map(Object.freeze)) as RunView['history'],
    snapshot: () => snapshotAt(step),
    hyperparameters: () => ({ 'optimizer.learningRate': 0.1 / Math.max(step, 1) }),
    gradients: () => Promise.resolve({ 'dense.kernel': filled('float32', [2], -step / stepsPerEpoch) }),
  })
}

/** Plays epochs `from` to `to` (counted from 1, both included) of a script to a callback: the hooks in their order, two calls of steps per epoch. */
export async function playRun(
  callback: Callback,
  script: Script,
  from = 1,
  to: number = script.length,
): Promise<HookAnswer[]> {
  const answers: HookAnswer[] = []
  const hear = async (hook: string, answer: unknown) => {
    const directives = (await answer) as Directives | undefined
    if (directives !== undefined) answers.push({ hook, directives })
    return directives?.stop !== undefined
  }
  await hear('runStart', callback.onRunStart?.(viewOf(script, from - 1, (from - 1) * stepsPerEpoch)))
  for (let epoch = from; epoch <= to; epoch++) {
    const start = (epoch - 1) * stepsPerEpoch
    const record = script[epoch - 1] as Script[number]
    let stop = await hear(`epochStart ${epoch}`, callback.onEpochStart?.(viewOf(script, epoch - 1, start), epoch))
    for (const half of [1, 2]) {
      const [losses, objectives] = [record.loss, record.objective].map((x) =>
        new Float32Array(stepsPerEpoch / 2).fill(x),
      ) as [Float32Array, Float32Array]
      const view = viewOf(script, epoch - 1, start + (half * stepsPerEpoch) / 2)
      stop = (await hear(`steps ${epoch}.${half}`, callback.onSteps?.(view, { losses, objectives }))) || stop
    }
    const view = viewOf(script, epoch, epoch * stepsPerEpoch)
    stop = (await hear(`epochEnd ${epoch}`, callback.onEpochEnd?.(view, view.history.at(-1) as EpochRecord))) || stop
    if (stop) break
  }
  return answers
}

function describeAnswers(answers: readonly HookAnswer[]): string {
  const plain = ({ hook, directives: { stop, learningRateFactor, restore, save, figures } }: HookAnswer) => ({
    hook,
    stop,
    learningRateFactor,
    restore: restore && Object.entries(restore.parameters).map(([name, { data }]) => [name, [...data].map(Number)]),
    save: save && 'asked for',
    figures,
  })
  return JSON.stringify(answers.map(plain))
}

const known = ['stop', 'learningRateFactor', 'restore', 'save', 'figures']

/** Plays a whole run: answers are directives that exist, and a stop comes where the case says so. */
export async function assertDirectives(
  { plugin, script = standardScript, stopsAfter }: CallbackCase,
  fresh: Callback,
): Promise<void> {
  const answers = await playRun(fresh, script)
  for (const { hook, directives } of answers) {
    const strange = Object.keys(directives).filter((key) => !known.includes(key))
    check(strange.length === 0, plugin.name, `an unknown directive at ${hook}`, {
      expected: known.join(', '),
      got: strange.join(', '),
    })
    const { stop, learningRateFactor, restore, figures } = directives
    check(figures === undefined || hook.startsWith('epochEnd'), plugin.name, `figures at ${hook}`, {
      expected: 'figures at the end of an epoch only',
    })
    check(stop === undefined || typeof stop === 'string', plugin.name, `a stop at ${hook} without a reason`, {
      got: show(stop),
    })
    check(learningRateFactor === undefined || learningRateFactor > 0, plugin.name, `not a factor at ${hook}`, {
      got: show(learningRateFactor),
    })
    check(restore === undefined || 'parameters' in restore, plugin.name, `not a snapshot at ${hook}`, {
      got: show(restore),
    })
  }
  const stopped = answers.find(({ directives }) => directives.stop !== undefined)?.hook
  const expected = stopsAfter === undefined ? undefined : `epochEnd ${stopsAfter}`
  check(stopped === expected, plugin.name, 'it stops the run elsewhere', {
    expected: expected ?? 'no stop',
    got: stopped ?? 'no stop',
  })
}

function throughCheckpoint(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, copyOf(value)]))
}

/** After each epoch, saving and loading into a fresh callback, made from the same options, changes nothing of what is answered later. */
export async function assertResumes(
  { plugin, script = standardScript }: CallbackCase,
  make: () => Callback,
): Promise<void> {
  const whole = make()
  const expected = await playRun(whole, script)
  for (let cut = 1; cut < script.length; cut++) {
    const before = make()
    const first = await playRun(before, script, 1, cut)
    if (first.some(({ directives }) => directives.stop !== undefined)) break
    const saved = before.save?.()
    const after = make()
    check((before.save === undefined) === (before.load === undefined), plugin.name, 'it has only one of save and load')
    if (saved !== undefined) {
      const json: unknown = saved.json === undefined ? undefined : JSON.parse(JSON.stringify(saved.json))
      after.load?.({ json, values: throughCheckpoint(saved.values) })
      const again = after.save?.()
      check(
        JSON.stringify(again?.json) === JSON.stringify(saved.json),
        plugin.name,
        'what it saved and loaded is saved differently',
        {
          expected: show(saved.json),
          got: show(again?.json),
        },
      )
      for (const [name, value] of Object.entries(saved.values))
        assertSame(again?.values[name] ?? filled('float32', [0], 0), value, `${plugin.name}, saved value '${name}'`)
    }
    const rest = (await playRun(after, script, cut + 1)).filter(({ hook }) => hook !== 'runStart')
    const joined = describeAnswers([...first, ...rest])
    check(joined === describeAnswers(expected), plugin.name, `resumed after epoch ${cut}, it answers differently`, {
      expected: describeAnswers(expected),
      got: joined,
    })
  }
}

/** A callback as new: made from the options of another. */
export function freshCallback(factory: Factory<Callback>, plugin: Callback, { registries }: SuiteOptions): Callback {
  return roundTrip(factory, plugin, registries)
}

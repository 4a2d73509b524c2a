// Studies that exist.

import type { Storage } from '../storage/storage.ts'
import { StudyError } from './errors.ts'
import { createStudy, type Study, type StudyOptions } from './study.ts'

/** The names of the studies in a storage. */
export function studyNames(storage: Storage): readonly string[] {
  storage.sync()
  return [...storage.state.studies.values()].map(({ name }) => name)
}

function missing(name: string, storage: Storage): StudyError {
  return new StudyError({
    who: `study ${name}`,
    problem: 'there is none in this storage',
    expected: `one of ${studyNames(storage).join(', ') || '(no studies)'}`,
  })
}

/**
 * A study that exists, with the sampler and pruner it was made with unless others are given. Throws a StudyError if there is none of this
 * name.
 *
 * @example `loadStudy({ name: 'mnist', storage: journalStorage('study.log') })`
 */
export function loadStudy(options: StudyOptions & { readonly storage: Storage }): Study {
  const { name = 'study', storage } = options
  if (!studyNames(storage).includes(name)) throw missing(name, storage)
  return createStudy(options)
}

/** Deletes a study. The log keeps it, and its trials their places. Throws a StudyError if there is none of this name. */
export function deleteStudy(name: string, storage: Storage): void {
  storage.sync()
  const study = storage.state.studyNamed(name)
  if (study === undefined) throw missing(name, storage)
  storage.append([{ kind: 'deleteStudy', study: study.id }])
}

// Times of a journal: naive local time (Optuna 4) or UTC with an offset (Optuna 5). Storages hold them as text, ours end in Z.

/** How a journal writes times. */
export type TimeForm = 'local' | 'utc'

/** The form a text is in; undefined for null. */
export function timeForm(time: string | null | undefined): TimeForm | undefined {
  if (typeof time !== 'string') return undefined
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(time) ? 'utc' : 'local'
}

const digits = (value: number, length = 2) => String(value).padStart(length, '0')

/** A time of this process in the form of a journal, with microseconds; a time that came from a journal stays as it is. */
export function timeText(time: string, form: TimeForm): string {
  if (!time.endsWith('Z')) return time
  const at = new Date(time)
  if (form === 'utc') return at.toISOString().replace('Z', '000+00:00')
  const date = `${digits(at.getFullYear(), 4)}-${digits(at.getMonth() + 1)}-${digits(at.getDate())}`
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => digits(part)).join(':')
  return `${date}T${clock}.${digits(at.getMilliseconds(), 3)}000`
}

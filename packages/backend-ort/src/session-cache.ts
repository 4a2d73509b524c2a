// Sessions by what decides them: programs of the same structure share one, whatever their hyper-parameters.

import type { Runtime, RuntimeSession, SessionSettings } from './runtime.ts'

/** Sessions kept for reuse. An executable keeps its own alive beyond that. */
const capacity = 32

/** What sessions are kept under: the SHA-256 of the model, and the settings. */
async function keyOf(model: Uint8Array<ArrayBuffer>, settings: SessionSettings): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', model)
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex} ${JSON.stringify(settings)}`
}

export class SessionCache {
  readonly #sessions = new Map<string, Promise<RuntimeSession>>()
  #created = 0

  /** How many sessions were created so far. */
  get created(): number {
    return this.#created
  }

  /** The session of a model; of several calls at once for the same, one creates it. A failure is not kept. */
  async get(runtime: Runtime, model: Uint8Array<ArrayBuffer>, settings: SessionSettings): Promise<RuntimeSession> {
    const key = `${runtime.version} ${await keyOf(model, settings)}`
    const known = this.#sessions.get(key)
    const session = known ?? this.#create(runtime, model, settings)
    this.#sessions.delete(key)
    this.#sessions.set(key, session)
    // Another session may stand there by then: this one could have been pushed out before it failed.
    if (known === undefined)
      session.catch(() => {
        if (this.#sessions.get(key) === session) this.#sessions.delete(key)
      })
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > capacity && oldest !== undefined) this.#sessions.delete(oldest)
    return session
  }

  #create(runtime: Runtime, model: Uint8Array, settings: SessionSettings): Promise<RuntimeSession> {
    this.#created++
    return runtime.createSession(model, settings)
  }
}

/** The cache of this process. */
export const sessions: SessionCache = new SessionCache()

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contender } from './bench-store-measure.ts'
import type { PeerJob, PeerMessage } from './bench-store-peer-process.ts'

/** What a peer may take. */
export interface PeerLimits {
  /** Seconds for loading and indexing. */
  readonly seconds: number
  /** Bytes of resident memory. */
  readonly bytes: number
  /** Aborted when the bench is given up. */
  readonly signal?: AbortSignal
}

/** A peer's answer: numbers of rows, and the milliseconds that it measured itself. */
export interface PeerAnswer {
  readonly rows: readonly number[]
  readonly milliseconds: number
}

/** What loading and indexing came to. */
export interface PeerBuild {
  readonly name: string
  readonly buildSeconds: number
  readonly processorSeconds: number
  /** The most resident memory up to then; 0 where the system does not tell. */
  readonly peakBytes: number
  /** Why it takes no part; undefined for one that does. */
  readonly failure?: string
}

/** Milliseconds between looks at its memory. */
const WATCH = 500
/** Milliseconds between two signs of life while it builds. */
const SIGN_OF_LIFE = 60_000

/** A peer in a child process, loaded, indexed and ready to be asked; or why it is not. */
export class PeerProcess implements AsyncDisposable {
  readonly build: PeerBuild
  readonly contenders: readonly Contender<PeerAnswer>[]
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, build: PeerBuild, ways: readonly string[]) {
    this.#child = child
    this.build = build
    this.contenders = ways.map((way) => ({
      name: `${build.name} ${way}`,
      ask: (question) => this.#ask(way, question),
      took: ({ milliseconds }) => milliseconds,
    }))
  }

  /**
   * Starts it and waits until it is built; `undefined` where its package is not installed. What goes wrong in it is
   * told in `build`.
   * @throws the signal's reason when the bench is given up.
   */
  static async start(
    job: PeerJob,
    limits: PeerLimits,
    say: (line: string) => void = () => undefined,
  ): Promise<PeerProcess | undefined> {
    limits.signal?.throwIfAborted()
    const child = fork(join(import.meta.dirname, 'bench-store-peer-process.ts'), [JSON.stringify(job)], {
      execArgv: ['--import', import.meta.resolve('tsx')],
      serialization: 'advanced',
      // What a peer prints is no part of the figures.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const watch = new Watch(child, limits)
    const started = performance.now()
    const signs = setInterval(() => {
      const minutes = Math.round((performance.now() - started) / 60_000)
      say(`  ${job.peer}: ${minutes} min, at most ${(watch.peak / 1e9).toFixed(1)} GB so far`)
    }, SIGN_OF_LIFE)
    const outcome = await new Promise<PeerMessage>((settle) => {
      child.once('exit', (code, signal) =>
        settle({ type: 'failed', message: watch.reason ?? `ended by itself (${signal ?? `code ${code}`})` }),
      )
      child.once('error', ({ message }) => settle({ type: 'failed', message }))
      child.on('message', (message: PeerMessage) => {
        if (message.type !== 'added') return settle(message)
        if (message.rows % 100_000 === 0) say(`  ${message.name}: ${message.rows} of ${job.rows} rows`)
      })
    })
    clearInterval(signs)
    const peakBytes = await watch.stop()
    limits.signal?.throwIfAborted()
    if (outcome.type === 'built') {
      const { name, seconds: buildSeconds, processorSeconds, ways } = outcome
      return new PeerProcess(child, { name, buildSeconds, processorSeconds, peakBytes }, ways)
    }
    await end(child)
    if (outcome.type === 'absent') return undefined
    const failure = 'message' in outcome ? outcome.message : `said "${outcome.type}" before it was built`
    return new PeerProcess(child, { name: job.peer, buildSeconds: 0, processorSeconds: 0, peakBytes, failure }, [])
  }

  async #ask(way: string, question: Float32Array): Promise<PeerAnswer> {
    const child = this.#child
    if (!child.connected) throw new Error(`${this.build.name} has ended.`)
    const leaving = new AbortController()
    const answered = once(child, 'message', { signal: leaving.signal }).then(([message]) => message as PeerMessage)
    const ended = once(child, 'exit', { signal: leaving.signal }).then(() => undefined)
    ended.catch(() => undefined)
    answered.catch(() => undefined)
    // A copy, or the whole array behind this view would be sent along.
    child.send({ way, question: question.slice() })
    const message = await Promise.race([answered, ended]).finally(() => leaving.abort())
    if (message?.type === 'answer') return message
    throw new Error(message?.type === 'failed' ? message.message : `${this.build.name} ended while it was asked.`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#child)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Ends a process that takes too long or too much, and knows the most memory that it had. */
class Watch {
  reason: string | undefined
  readonly #child: ChildProcess
  readonly #deadline: NodeJS.Timeout
  readonly #looks: NodeJS.Timeout
  readonly #signal: AbortSignal | undefined
  readonly #give = () => this.#end('given up')
  peak = 0

  constructor(child: ChildProcess, { seconds, bytes, signal }: PeerLimits) {
    this.#child = child
    this.#signal = signal
    signal?.addEventListener('abort', this.#give, { once: true })
    this.#deadline = setTimeout(
      () => this.#end(`not loaded and indexed within ${Math.round(seconds / 60)} minutes`),
      seconds * 1000,
    )
    this.#looks = setInterval(async () => {
      if ((await this.#look()) > bytes) this.#end(`took more than ${(bytes / 1e9).toFixed(1)} GB of memory`)
    }, WATCH)
  }

  async stop(): Promise<number> {
    clearTimeout(this.#deadline)
    clearInterval(this.#looks)
    this.#signal?.removeEventListener('abort', this.#give)
    await this.#look()
    return this.peak
  }

  async #look(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8').catch(() => '')
    const bytes = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
    this.peak = Math.max(this.peak, bytes, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024)
    return bytes
  }

  #end(reason: string): void {
    this.reason ??= reason
    this.#child.kill('SIGKILL')
  }
}

import { writeFileSync } from 'node:fs'
import { timed } from '../measurement/timing.ts'
import { PEERS, type PeerAsk } from './bench-store-peers.ts'
import { DIMENSION, SHARD, shardVectors } from './bench-store-rows.ts'

/** What a peer's process is told at its start. */
export interface PeerJob {
  /** A name of `PEERS`. */
  readonly peer: string
  readonly folder: string
  readonly scratch: string
  readonly rows: number
}

/** What it says. */
export type PeerMessage =
  | { readonly type: 'absent' }
  | { readonly type: 'added'; readonly name: string; readonly rows: number }
  | {
      readonly type: 'built'
      readonly name: string
      readonly seconds: number
      readonly processorSeconds: number
      readonly ways: readonly string[]
    }
  | { readonly type: 'answer'; readonly rows: readonly number[]; readonly milliseconds: number }
  | { readonly type: 'failed'; readonly message: string }

/** One question to it. */
export interface PeerQuestion {
  readonly way: string
  readonly question: Float32Array
}

const say = (message: PeerMessage) => void process.send?.(message)

/**
 * A peer in a process of its own: its memory is its own and goes when it ends, and if it is killed for it, the bench
 * goes on without it. Loads and indexes the rows, then answers questions until its parent lets go.
 */
async function main(job: PeerJob): Promise<void> {
  sacrificeFirst()
  process.on('disconnect', () => process.exit())
  const peer = await PEERS[job.peer]?.({ ...job, dimension: DIMENSION })
  if (!peer) return say({ type: 'absent' })
  const { name } = peer
  let [seconds, processorSeconds] = [0, 0]
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    const one = await timed(work)
    seconds += one.seconds
    processorSeconds += one.processorSeconds
    return one.result
  }
  for (let first = 0; first < job.rows; first += SHARD) {
    // Making the vectors is not the peer's work.
    const vectors = shardVectors(first, job.rows - first)
    await counted(() => peer.add(first, vectors))
    say({ type: 'added', name, rows: first + vectors.length / DIMENSION })
  }
  const ways = await counted(() => peer.build())
  process.on('message', (question: PeerQuestion) => void answer(ways, question).catch(failed))
  say({ type: 'built', name, seconds, processorSeconds, ways: Object.keys(ways) })
}

async function answer(ways: Readonly<Record<string, PeerAsk>>, { way, question }: PeerQuestion): Promise<void> {
  const { result: rows, seconds } = await timed(() => (ways[way] as PeerAsk)(question))
  say({ type: 'answer', rows, milliseconds: seconds * 1000 })
}

/** Where memory runs out, the kernel is to end this process and not the one that holds what was measured. */
function sacrificeFirst(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '900')
  } catch {
    // Not Linux: nothing to tell.
  }
}

function failed(error: unknown): void {
  say({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
}

await main(JSON.parse(process.argv[2] as string) as PeerJob).catch(failed)

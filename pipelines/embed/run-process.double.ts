import type { RunEvent } from '@promptloom/runner/progress'
import { createCollection, type DoubleRow } from './collection.double.ts'

// A program that embeds a collection and kills itself at a moment: workspace, model and the moment by argument, as
// the kind of an event, the beginning of its shard's name and how often it comes; rows by message.
const [workspace, model, kind, of, times] = process.argv.slice(2) as [string, string, string, string, string]
let left = Number(times)

function killInTime(event: RunEvent): void {
  if (event.type !== kind || !('shard' in event) || event.stage !== 'embed' || !event.shard.startsWith(of)) return
  left -= 1
  if (left === 0) process.kill(process.pid, 'SIGKILL')
}

process.once('message', async (shards: [string, string?][][]) => {
  const rows = shards.map((shard) =>
    shard.map(
      ([prompt, picture]): DoubleRow => [prompt, picture === undefined ? undefined : Buffer.from(picture, 'base64')],
    ),
  )
  const collection = await createCollection(rows, { workspace, model, listener: killInTime })
  process.exitCode = await collection.run({ batch: 2 })
  process.disconnect()
})

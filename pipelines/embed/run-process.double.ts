import { createCollection, type DoubleRow } from './collection.double.ts'

// A program that embeds a collection, to be killed from outside: workspace and model by argument, rows by message.
const [workspace, model] = process.argv.slice(2) as [string, string]

process.once('message', async (shards: [string, string?][][]) => {
  const rows = shards.map((shard) =>
    shard.map(
      ([prompt, picture]): DoubleRow => [prompt, picture === undefined ? undefined : Buffer.from(picture, 'base64')],
    ),
  )
  const collection = await createCollection(rows, { workspace, model })
  process.exitCode = await collection.run({ batch: 2 })
  process.disconnect()
})

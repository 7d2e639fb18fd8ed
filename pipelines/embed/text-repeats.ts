import { readTable } from '@promptloom/dataset/table-reader'
import type { ShardContext } from '@promptloom/runner/stage'
import type { EmbedOptions } from './options.ts'
import { Repeats, textHash } from './repeats.ts'
import { promptTables } from './shards.ts'
import { mapInSlices } from './slices.ts'

/** Which prompts of the whole collection occur more than once: only their vectors are worth keeping. */
export async function openTextRepeats(context: ShardContext<EmbedOptions>): Promise<Repeats> {
  const opened = await context.open('text repeats', async () => {
    const repeats = await findRepeats(context)
    return { repeats, [Symbol.asyncDispose]: async () => undefined }
  })
  return opened.repeats
}

async function findRepeats(context: ShardContext<EmbedOptions>): Promise<Repeats> {
  const tables = promptTables(context)
  const parts: BigUint64Array[] = []
  for (const table of tables) {
    context.signal.throwIfAborted()
    const { columns } = await readTable(await context.read(table), { prompt: 'string' })
    parts.push(BigUint64Array.from(await mapInSlices(columns.prompt, textHash)))
  }
  return Repeats.among(parts)
}

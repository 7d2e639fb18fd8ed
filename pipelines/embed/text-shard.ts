import { PROMPT_SCHEMA, promptColumns, promptRows } from '@promptloom/dataset/prompt-table'
import { readTable } from '@promptloom/dataset/table-reader'
import { writeTable } from '@promptloom/dataset/table-writer'
import type { FileRef, Shard, ShardContext, ShardResult } from '@promptloom/runner/stage'
import { openEmbedder } from './embedder.ts'
import type { EmbedOptions } from './options.ts'
import { flatVectors, textSchema } from './vector-table.ts'

/** Embeds the prompts of one download shard; rows keep their order. */
export async function embedTextShard(shard: Shard, context: ShardContext<EmbedOptions>): Promise<ShardResult> {
  const model = await openEmbedder(context)
  const { signal } = context
  const input = await context.read(shard.inputs?.[0] as FileRef)
  const rows = await context.time('read', async () => promptRows((await readTable(input, PROMPT_SCHEMA)).columns))
  const texts = await context.time('tokenize', () =>
    model.text.tokenize(
      rows.map((row) => row.prompt),
      { signal },
    ),
  )
  const kept = rows.flatMap((_, at) => (texts[at]?.empty ? [] : [at]))

  const distinct = new Map<string, number>()
  const keyOf = kept.map((at) => (texts[at]?.sequences ?? []).map((ids) => ids.join(' ')).join('|'))
  keyOf.forEach((key, index) => {
    if (!distinct.has(key)) distinct.set(key, kept[index] as number)
  })
  const chosen = [...distinct.values()].map((at) => texts[at] as (typeof texts)[number])
  const vectors = await context.time('inference', () =>
    model.text.encode(chosen, { signal, progress: context.progress }),
  )
  const vectorOf = new Map([...distinct.keys()].map((key, at) => [key, vectors[at] as Float32Array]))

  const truncated = kept.map((at) => texts[at]?.overlong === true)
  const columns = {
    ...promptColumns(kept.map((at) => rows[at] as (typeof rows)[number])),
    model: kept.map(() => model.digest),
    truncated,
    prompt_vector: flatVectors(
      keyOf.map((key) => vectorOf.get(key) as Float32Array),
      model.dimension,
    ),
  }
  await context.time('write', () => writeTable(context.write('parquet'), textSchema(model.dimension), columns))
  const cut = truncated.filter(Boolean).length
  return {
    outcomes: { ok: kept.length - cut, ok_truncated: cut, empty_text: rows.length - kept.length },
    facts: { model: model.digest, dimension: model.dimension, embedded: chosen.length },
  }
}

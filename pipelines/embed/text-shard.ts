import type { TokenizedText } from '@promptloom/clip/tokenizer'
import { PROMPT_SCHEMA, promptColumns, promptRows } from '@promptloom/dataset/prompt-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { readTable } from '@promptloom/dataset/table-reader'
import { textSchema } from '@promptloom/dataset/vector-schema'
import type { Checkpoint, FileRef, Shard, ShardContext, ShardResult } from '@promptloom/runner/stage'
import { type KnownVectors, knownVectors, originOf } from './carry-over.ts'
import { type Embedder, openEmbedder } from './embedder.ts'
import type { EmbedOptions } from './options.ts'
import { textHash } from './repeats.ts'
import { mapInSlices } from './slices.ts'
import { openTextRepeats } from './text-repeats.ts'
import { flatVectors, writeInSlices } from './vector-table.ts'

interface Text {
  readonly row: PromptRow
  readonly tokens: TokenizedText
}

/**
 * Embeds the prompts of one shard of rows; rows keep their order, and equal texts are embedded once.
 * @param last the shard's last commit under the same options: prompts that it has are not embedded again.
 */
export async function embedTextShard(
  shard: Shard,
  context: ShardContext<EmbedOptions>,
  last?: Checkpoint,
): Promise<ShardResult> {
  const embedder = await context.time('open', () => openEmbedder(context))
  const { model } = embedder
  const input = await context.read(shard.inputs?.[0] as FileRef)
  const rows = await context.time('read', async () => promptRows((await readTable(input, PROMPT_SCHEMA)).columns))
  const prompts = rows.map((row) => row.prompt)
  const tokens = await context.time('tokenize', () => model.text.tokenize(prompts, { signal: context.signal }))
  const texts = rows
    .map((row, at) => ({ row, tokens: tokens[at] as TokenizedText }))
    .filter((text) => !text.tokens.empty)
  const origin = originOf(embedder)
  const known = await context.time('carry over', () => knownVectors('text', { last, origin }, context))
  const { vectors, computed } = await embedTexts(texts, { embedder, known, context })

  const columns = (from: number, to: number) => ({
    ...promptColumns(texts.slice(from, to).map((text) => text.row)),
    model: texts.slice(from, to).map(() => model.digest),
    truncated: texts.slice(from, to).map((text) => text.tokens.overlong),
    prompt_vector: flatVectors(vectors.slice(from, to), model.dimension),
  })
  const path = context.write('parquet')
  await context.time('write', () => writeInSlices(path, textSchema(model.dimension), { rows: texts.length, columns }))
  const truncated = texts.filter((text) => text.tokens.overlong).length
  return {
    outcomes: { ok: texts.length - truncated, ok_truncated: truncated, empty_text: rows.length - texts.length },
    facts: { model: model.digest, dimension: model.dimension, embedded: computed, ...origin },
  }
}

interface Sources {
  readonly embedder: Embedder
  readonly known: KnownVectors
  readonly context: ShardContext<EmbedOptions>
}

/** One vector a text: computed once for equal token ids, and kept where the collection has the prompt again. */
async function embedTexts(texts: readonly Text[], { embedder, known, context }: Sources) {
  const { model, cache } = embedder
  const repeats = await context.time('repeats', () => openTextRepeats(context))
  const contents = await mapInSlices(texts, ({ row, tokens }) => ({
    key: embedder.keyOf('text', contentOf(tokens)),
    keep: repeats.has(textHash(row.prompt)),
    known: known.get(row.prompt),
  }))
  let done = 0
  const progress = (rows: number) => {
    done += rows
    context.progress(Math.min(done, texts.length))
  }
  const { vectors, computed } = await context.time('inference', () =>
    cache.resolve(contents, (missing) => {
      const wanted = missing.map((at) => (texts[at] as Text).tokens)
      return model.text.encode(wanted, { steady: true, signal: context.signal, progress })
    }),
  )
  context.progress(texts.length)
  return { vectors: vectors as readonly Float32Array[], computed }
}

/** The bytes that tell one tokenized text from another: its ids, and where its windows end. */
function contentOf({ sequences }: TokenizedText): Uint8Array {
  const ids = Int32Array.from(sequences.flatMap((sequence) => [sequence.length, ...sequence]))
  return new Uint8Array(ids.buffer)
}

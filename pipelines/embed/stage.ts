import { digestModel } from '@promptloom/clip/model-digest'
import { readModelDirectory } from '@promptloom/clip/model-directory'
import type { Checkpoint, Shard, Stage, StageContext } from '@promptloom/runner/stage'
import { digestCache } from './embedder.ts'
import { type EmbedOptions, embedOptions, speedOptions } from './options.ts'
import { embedTextShard } from './text-shard.ts'

/** Turns prompts and pictures into CLIP vectors: `text-NNNNN` for each download shard, `image-NNNNN` for each of pictures. */
export const embedStage: Stage<EmbedOptions> = {
  name: 'embed',
  version: 1,
  options: embedOptions,
  speed: speedOptions,
  outcomes: { ok: 'ok', ok_truncated: 'ok', empty_text: 'final' },
  async plan(context) {
    const facts = { model: await modelDigest(context) }
    return context.upstream('download').flatMap((checkpoint) => textShard(checkpoint, facts))
  },
  process: (shard, context) => embedTextShard(shard, context),
}

function textShard(checkpoint: Checkpoint, facts: Shard['facts']): Shard[] {
  const table = checkpoint.files.find((file) => file.name === `${checkpoint.shard}.parquet`)
  const rows = checkpoint.outcomes.ok ?? 0
  return table ? [{ name: `text-${checkpoint.shard}`, rows, inputs: [table], facts: facts ?? {} }] : []
}

async function modelDigest(context: StageContext<EmbedOptions>): Promise<string> {
  const found = await readModelDirectory(context.options.model, { precision: context.options.precision })
  return digestModel(found, digestCache(context.workspace))
}

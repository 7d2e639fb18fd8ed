import { existsSync } from 'node:fs'
import { digestModel } from '@promptloom/clip/model-digest'
import { readModelDirectory } from '@promptloom/clip/model-directory'
import { fingerprintParts } from '@promptloom/runner/fingerprint'
import type { Shard, Stage, StageContext } from '@promptloom/runner/stage'
import { differsByRowsAlone, lastCommit } from '../last-commit.ts'
import { digestCache } from './embedder.ts'
import { embedImageShard } from './image-shard.ts'
import { type EmbedOptions, embedOptions, speedOptions } from './options.ts'
import { openPictureDuplicates } from './picture-duplicates.ts'
import { imageShards, pictureTables, textShards } from './shards.ts'
import { embedTextShard } from './text-shard.ts'

/** Turns prompts and pictures into CLIP vectors: see the README beside this file. */
export const embedStage: Stage<EmbedOptions> = {
  name: 'embed',
  version: 2,
  options: embedOptions,
  speed: speedOptions,
  outcomes: {
    ok: 'ok',
    /** The prompt has more tokens than the model takes. */
    ok_truncated: 'ok',
    /** Nothing was left of the prompt after cleaning. */
    empty_text: 'final',
    /** An earlier row has the same picture; this one has a vector too. */
    duplicate: 'ok',
    undecodable: 'final',
  },
  // While one shard is read or written, the other keeps the inference workers busy.
  concurrency: () => 2,

  async plan(context: StageContext<EmbedOptions>): Promise<readonly Shard[]> {
    const { model, precision } = context.options
    const found = await readModelDirectory(model, { precision })
    // A workspace that doesn't exist yet is not made by asking what would be done in it.
    const cache = existsSync(context.workspace) ? digestCache(context.workspace) : undefined
    const facts = { model: await digestModel(found, cache) }
    const tables = pictureTables(context)
    if (tables.length === 0 || !found.graphs.image || !found.picture) return textShards(context, facts)
    const duplicates = await openPictureDuplicates(context, tables)
    return [...textShards(context, facts), ...imageShards(context, facts, duplicates)]
  },

  async process(shard, context) {
    const last = await lastCommit(embedStage.name, shard.name, context)
    const comparable = last && differsByRowsAlone(last, fingerprintParts(embedStage, context.options, shard))
    const earlier = comparable ? last : undefined
    if (shard.name.startsWith('image-')) return embedImageShard(shard, context, earlier)
    return embedTextShard(shard, context, earlier)
  },
}

import { canonicalJson, sha256, shortJson } from './json.ts'
import type { Json, Shard, Stage } from './stage.ts'

/** Named values that together decide a shard's bytes. */
export type Parts = Readonly<Record<string, string>>

/** What a shard's result depends on: the stage's version, its options, its input files and the shard's own facts. */
export function fingerprintParts<Options>(stage: Stage<Options>, options: Options, shard: Shard): Parts {
  const parts: Record<string, string> = { 'stage version': String(stage.version), rows: String(shard.rows) }
  const speed = new Set<string>(stage.speed ?? [])
  for (const [key, value] of Object.entries(options as Record<string, Json | undefined>)) {
    if (!speed.has(key) && value !== undefined) parts[`option ${key}`] = shortJson(value)
  }
  for (const file of shard.inputs ?? []) parts[`input ${file.stage}/${file.name}`] = file.sha256
  for (const [key, value] of Object.entries(shard.facts ?? {})) parts[key] = shortJson(value)
  return parts
}

/** One digest over all parts; two shards with equal fingerprints have equal bytes. */
export function fingerprint(parts: Parts): string {
  return sha256(canonicalJson(parts))
}

/** Says in one line what differs between two fingerprints, e.g. `option shard-rows changed from 1000 to 10000`. */
export function explainChange(before: Parts, after: Parts): string {
  const changes: string[] = []
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[key], after[key]]
    if (old === now) continue
    if (old === undefined) changes.push(`${key} is new`)
    else if (now === undefined) changes.push(`${key} is gone`)
    else if (old.length + now.length > 60) changes.push(`${key} changed`)
    else changes.push(`${key} changed from ${old} to ${now}`)
  }
  const shown = changes.slice(0, 3).join(', ')
  return changes.length > 3 ? `${shown} and ${changes.length - 3} more` : shown
}

import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { writeDurably } from './disk.ts'
import { fingerprint } from './fingerprint.ts'
import type { Shard } from './stage.ts'

const schema = z.object({
  stage: z.string(),
  run: z.string(),
  /** False while the stage may still learn of more shards. */
  settled: z.boolean(),
  shards: z.array(z.object({ name: z.string(), rows: z.number(), fingerprint: z.string() })),
})

/** The shards that a stage's last plan listed: what `status` counts committed shards against. */
export type Manifest = z.infer<typeof schema>

/** Records a stage's plan. */
export async function writeManifest(workspace: string, manifest: Manifest): Promise<void> {
  const path = manifestPath(workspace, manifest.stage)
  await mkdir(dirname(path), { recursive: true })
  await writeDurably(path, `${JSON.stringify(manifest)}\n`)
}

/** The stage's last plan; undefined when it was never planned. */
export async function readManifest(workspace: string, stage: string): Promise<Manifest | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(manifestPath(workspace, stage), 'utf8')))
  } catch {
    return undefined
  }
}

/** A manifest's line for a shard. */
export function manifestShard(shard: Shard, parts: Readonly<Record<string, string>>): Manifest['shards'][number] {
  return { name: shard.name, rows: shard.rows, fingerprint: fingerprint(parts) }
}

function manifestPath(workspace: string, stage: string): string {
  return join(workspace, 'manifests', `${stage}.json`)
}

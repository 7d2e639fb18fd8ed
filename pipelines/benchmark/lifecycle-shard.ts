import { readFile } from 'node:fs/promises'
import { type Lifecycle, lifecycleSchema } from './report/report-schema.ts'

/** The shard that measures a scratch copy over its life. */
export const LIFECYCLE = '3-lifecycle'

/** Reads what a committed shard has measured. */
export async function readLifecycle(path: string): Promise<Lifecycle> {
  return lifecycleSchema.parse(JSON.parse(await readFile(path, 'utf8')))
}

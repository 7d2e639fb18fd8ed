import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeDurably } from './disk.ts'
import type { StageReport } from './progress.ts'

const record = z.object({
  run: z.string(),
  started: z.string(),
  /** Absent while the run goes on, and for ever when it was killed. */
  ended: z.string().optional(),
  exitCode: z.number().optional(),
  seconds: z.number().optional(),
  /** Why it did not end well. */
  error: z.string().optional(),
  stages: z.array(z.custom<StageReport>()),
})

/** What one run did: `<workspace>/runs/<run>.json`. */
export type RunRecord = z.infer<typeof record>

/** Records of runs kept in a workspace; older ones are deleted. */
const KEPT = 200

/** A new run's name: its time in UTC to the millisecond and four random hex digits, so that names sort by time. */
export function newRunId(now = new Date()): string {
  const stamp = now.toISOString().replace(/[-:.]/g, '').slice(0, 18)
  return `${stamp}-${Math.floor(Math.random() * 0x10000)
    .toString(16)
    .padStart(4, '0')}`
}

/** Writes a run's record, and deletes the oldest ones beyond the last 200. */
export async function writeRunRecord(workspace: string, run: RunRecord): Promise<void> {
  const folder = join(workspace, 'runs')
  await mkdir(folder, { recursive: true })
  await writeDurably(join(folder, `${run.run}.json`), `${JSON.stringify(run, null, 1)}\n`)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  for (const name of names.slice(0, -KEPT)) await rm(join(folder, name), { force: true })
}

/** All recorded runs of a workspace, oldest first. */
export async function readRunRecords(workspace: string): Promise<RunRecord[]> {
  const folder = join(workspace, 'runs')
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort()
  const found: RunRecord[] = []
  for (const name of names) {
    const parsed = record.safeParse(await readJson(join(folder, name)))
    if (parsed.success) found.push(parsed.data)
  }
  return found
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}

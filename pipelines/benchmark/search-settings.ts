import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '@promptloom/runner/disk'
import type { Store } from '@promptloom/store/store'
import { z } from 'zod'
import { type ChoiceReport, choiceSchema } from './report/schema.ts'

const settingsSchema = z.strictObject({
  format: z.literal('promptloom-search-settings'),
  formatVersion: z.literal(1),
  run: z.string().describe('The run that measured.'),
  targetRecall: z.number(),
  tables: z
    .strictObject({ text: choiceSchema.optional(), image: choiceSchema.optional() })
    .describe('A table without proven figures is absent, and searched as the store decides.'),
})

/** What searches go by: `<workspace>/search-settings.json`. */
export type SearchSettings = z.output<typeof settingsSchema>

/** Path of a workspace's search settings. */
export function searchSettingsPath(workspace: string): string {
  return join(workspace, 'search-settings.json')
}

/** Writes the chosen settings where `search` finds them. */
export async function writeSearchSettings(
  workspace: string,
  { run, targetRecall, choices }: { run: string; targetRecall: number; choices: readonly ChoiceReport[] },
): Promise<void> {
  const tables = Object.fromEntries(choices.map((choice) => [choice.table, choice]))
  const settings: SearchSettings = { format: 'promptloom-search-settings', formatVersion: 1, run, targetRecall, tables }
  await writeDurably(searchSettingsPath(workspace), `${JSON.stringify(settings, null, 2)}\n`)
}

/** A workspace's search settings; undefined where there are none, or none that this version reads. */
export async function readSearchSettings(workspace: string): Promise<SearchSettings | undefined> {
  try {
    return settingsSchema.parse(JSON.parse(await readFile(searchSettingsPath(workspace), 'utf8')))
  } catch {
    return undefined
  }
}

/** Makes a store's tables search by what the workspace's benchmark has chosen; without settings nothing changes. */
export async function applySearchSettings(store: Pick<Store, 'table'>, workspace: string): Promise<void> {
  const settings = await readSearchSettings(workspace)
  for (const kind of ['text', 'image'] as const) {
    const choice = settings?.tables[kind]
    if (!choice) continue
    const { mode, effort, rows } = choice
    store.table(kind).prefer({ mode, rows, ...(effort === null ? {} : { effort }) })
  }
}

import { join } from 'node:path'
import { writeDurably } from '@promptloom/runner/disk'
import type { ChoiceReport } from './report/schema.ts'

/** What `search` reads to know how hard to try: `<workspace>/search-settings.json`. */
export interface SearchSettings {
  readonly format: 'promptloom-search-settings'
  readonly formatVersion: 1
  /** The run that measured. */
  readonly run: string
  readonly targetRecall: number
  /** By table; a table without proven figures is absent, and searched as the store decides. */
  readonly tables: Readonly<Partial<Record<'text' | 'image', ChoiceReport>>>
}

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

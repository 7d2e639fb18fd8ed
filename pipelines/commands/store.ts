import { mkdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UserError } from '@promptloom/runner/errors'
import { openStore, type Store } from '@promptloom/store/store'
import { type StoreStatus, storeStatus } from '@promptloom/store/store-status'
import type { TableKind } from '@promptloom/store/table-kind'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { existingStoreOf } from '../configuration.ts'
import { countOf } from '../display/numbers.ts'
import { storeText } from '../display/store-text.ts'

interface StoreFlags extends ConfigurationFlags {
  readonly json?: boolean
  readonly table?: string
  readonly yes?: boolean
  readonly force?: boolean
}

/** Defines `promptloom store status`, `store drop` and `store export`. */
export function define(command: Command): void {
  command.addHelpText(
    'after',
    `
Examples:
  promptloom store status --workspace data/runs/mine
  promptloom store export backup --workspace data/runs/mine
  promptloom store drop --table image --yes
  MYSCALE_URL=https://host:443 promptloom store status

Whatever is dropped is loaded again by the next run, from the workspace.`,
  )
  configurationOptions(command.command('status').description('Show server, tables, rows, index, sizes and memory'))
    .option('--json', 'print it as JSON')
    .action((flags: StoreFlags) => inStore(flags, (store) => showStatus(store, flags)))
  configurationOptions(command.command('drop').description('Drop tables with all their rows'))
    .option('--table <text|image>', 'this table alone')
    .option('--yes', 'do it; without, only what would be dropped is shown')
    .action((flags: StoreFlags) => inStore(flags, (store) => drop(store, flags)))
  configurationOptions(command.command('export').argument('<folder>').description('Write tables to Parquet files'))
    .option('--table <text|image>', 'this table alone')
    .option('--force', 'replace files that are there')
    .action((folder: string, flags: StoreFlags) => inStore(flags, (store) => exportTo(resolve(folder), store, flags)))
}

async function inStore(flags: StoreFlags, work: (store: Store) => Promise<void>): Promise<void> {
  await using store = await openStore(existingStoreOf(await loadFor(flags)), { run: 'store' })
  await work(store)
}

async function showStatus(store: Store, { json }: StoreFlags): Promise<void> {
  const status = await storeStatus(store)
  console.log(json ? JSON.stringify(status, null, 2) : storeText(status))
}

async function drop(store: Store, flags: StoreFlags): Promise<void> {
  const found = await chosen(store, flags)
  const list = found.map(({ name, rows }) => `${name} (${countOf(rows, 'row')})`).join(', ')
  if (!flags.yes) throw new UserError(`This would drop ${list}. Say --yes to do it; the next run loads them again.`)
  for (const { kind } of found) {
    await store.table(kind).next.drop()
    await store.table(kind).drop()
  }
  console.log(`Dropped ${list}.`)
}

async function exportTo(folder: string, store: Store, flags: StoreFlags): Promise<void> {
  const found = await chosen(store, flags)
  const path = (kind: TableKind) => join(folder, `${kind}.parquet`)
  for (const { kind } of found) {
    if (!flags.force && (await stat(path(kind)).catch(() => undefined))) {
      throw new UserError(`${path(kind)} is there already; say --force to replace it, or name another folder.`)
    }
  }
  await mkdir(folder, { recursive: true })
  for (const { kind, rows } of found) {
    await store.table(kind).export(path(kind))
    console.log(`${path(kind)}: ${countOf(rows, 'row')}`)
  }
}

async function chosen(store: Store, { table }: StoreFlags): Promise<StoreStatus['tables']> {
  if (table !== undefined && table !== 'text' && table !== 'image') {
    throw new UserError(`There is no table "${table}"; there are text and image.`)
  }
  const { tables, location } = await storeStatus(store)
  const found = tables.filter(({ kind }) => table === undefined || kind === table)
  if (found.length > 0) return found
  throw new UserError(`${location} holds no ${table ?? 'text or image'} table; run the pipeline first.`)
}

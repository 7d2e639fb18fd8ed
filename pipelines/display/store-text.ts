import type { StoreStatus } from '@promptloom/store/store-status'
import Table from 'cli-table3'

/** A store's status for people. */
export function storeText(status: StoreStatus): string {
  const { label, location, database, note, tables, memory } = status
  const lines = [`${label}, database ${database}`, location]
  if (note) lines.push(note)
  if (tables.length === 0) return [...lines, 'No tables yet: run the pipeline.'].join('\n')
  const table = new Table({
    head: ['table', 'rows', 'dimension', 'model', 'parts', 'on disk', 'index'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'left', 'right', 'right', 'left'],
  })
  for (const { name, rows, dimension, models, index } of tables) {
    const model = models.map((digest) => digest.slice(0, 12)).join(', ')
    table.push([
      name,
      count(rows),
      String(dimension),
      model,
      String(index.parts),
      megabytes(index.bytes),
      indexText(index),
    ])
  }
  lines.push(table.toString())
  for (const { name, nextRows } of tables) {
    if (nextRows > 0) lines.push(`A rebuild of ${name} is under way: ${count(nextRows)} rows so far.`)
  }
  if (memory.total !== null) {
    const indexes = memory.indexes === null ? '' : `, of which vector indexes ${megabytes(memory.indexes)}`
    lines.push(`Memory of the engine: ${megabytes(memory.total)}${indexes}`)
  }
  return lines.join('\n')
}

function indexText({ status, indexedRows, rows, failure, definition }: StoreStatus['tables'][number]['index']): string {
  if (status === 'none') return 'none: searches are exact'
  if (status === 'failed') return `failed: ${failure}`
  if (status === 'partial') return `built; ${count(rows - indexedRows)} rows beside it are searched exactly`
  return status === 'built' ? `built: ${definition}` : `being built: ${count(indexedRows)} of ${count(rows)} rows`
}

function count(value: number): string {
  return value.toLocaleString('en')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`
}

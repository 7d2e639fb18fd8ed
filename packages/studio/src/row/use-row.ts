import type { RowView } from '@promptloom/search/row-view'
import { useEffect, useState } from 'preact/hooks'
import type { Lineage } from '../api/lineage.ts'
import { readLineage } from '../api/loop.ts'
import { readRow } from '../api/search.ts'
import type { WallItem } from '../results/wall-item.ts'
import { results } from '../search/asked.ts'
import { around } from '../search/looking-around.ts'

/** A row as far as it is known. */
export interface KnownRow {
  /** At once where the row was among the hits; null until it is there. */
  readonly item: WallItem | null
  readonly row: RowView | null
  /** Null where nothing is kept of it. */
  readonly lineage: Lineage | null
  readonly failure: Error | null
  /** Reads it once more, after a failure. */
  readonly retry: () => void
}

interface Asked {
  readonly id: string
  readonly row: RowView | null
  readonly lineage: Lineage | null
  readonly failure: Error | null
}

/** Reads a row; what a hit told of it is shown until then. */
export function useRow(id: string): KnownRow {
  const [attempt, setAttempt] = useState(0)
  const [asked, setAsked] = useState<Asked>({ id, row: null, lineage: null, failure: null })
  useEffect(() => {
    let gone = false
    const fresh: Asked = { id, row: null, lineage: null, failure: null }
    const put = (change: Partial<Asked>) => {
      if (!gone) setAsked((last) => ({ ...(last.id === id ? last : fresh), ...change }))
    }
    put(fresh)
    readRow(id).then(
      (row) => put({ row }),
      (failure) => put({ failure }),
    )
    readLineage(id).then(
      (lineage) => put({ lineage }),
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [id, attempt])
  const own = asked.id === id ? asked : { row: null, lineage: null, failure: null }
  const { row, lineage, failure } = own
  return { item: listed(id) ?? row, row, lineage, failure, retry: () => setAttempt(attempt + 1) }
}

/** Rows that the person came from, in order: the hits, or the collection itself. */
export function listedRows(): readonly WallItem[] {
  return results.value ? results.value.hits.value : around.value
}

function listed(id: string): WallItem | undefined {
  return listedRows().find((item) => item.id === id)
}

import type { RowView } from '@promptloom/search/row-view'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { readRow, thumbnailOf } from '../api/search.ts'

const rows = new Map<string, RowView>()
/** Milliseconds that the pointer rests before a row is asked for. */
const REST_MS = 120

interface MapCardProps {
  readonly id: string
  readonly cluster: string
}

/** The picture that is pointed at, with its prompt. */
export function MapCard({ id, cluster }: MapCardProps): JSX.Element {
  const row = useRow(id)
  return (
    <div class="map-card">
      <img src={thumbnailOf(id, 256)} alt="" width={140} height={140} />
      <div>
        <p class="map-card-prompt">{row?.prompt ?? '…'}</p>
        <p class="fine">
          {row && row.width > 0 && `${row.width} × ${row.height} · `}
          {row?.source_site && `${row.source_site} · `}
          {cluster}
        </p>
      </div>
    </div>
  )
}

function useRow(id: string): RowView | undefined {
  const [row, setRow] = useState<RowView | undefined>(rows.get(id))
  useEffect(() => {
    const known = rows.get(id)
    setRow(known)
    if (known) return
    const stop = new AbortController()
    const timer = setTimeout(() => {
      readRow(id, stop.signal).then(
        (found) => {
          rows.set(id, found)
          setRow(found)
        },
        () => undefined,
      )
    }, REST_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [id])
  return row
}

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { MapPoints } from '../api/map-points.ts'
import { readRow, thumbnailOf } from '../api/search.ts'
import { countOf } from '../interface/amounts.ts'
import { type Colouring, cssOf } from './map-colours.ts'

/** Pictures of a group that are shown at first, and more at a time. */
const PAGE = 24

interface MapListProps {
  readonly points: MapPoints
  readonly colouring: Colouring
  readonly chosen: number | undefined
}

/** The map as a list: every group with its pictures, for those who read rather than fly. */
export function MapList({ points, colouring, chosen }: MapListProps): JSX.Element {
  return (
    <div class="map-list">
      {colouring.legend.map((entry, at) =>
        entry.points === 0 || (chosen !== undefined && chosen !== at) ? null : (
          <MapGroup key={entry.label} {...{ points, colouring, at }} opened={chosen === at} />
        ),
      )}
    </div>
  )
}

interface MapGroupProps {
  readonly points: MapPoints
  readonly colouring: Colouring
  readonly at: number
  readonly opened: boolean
}

function MapGroup({ points, colouring, at, opened }: MapGroupProps): JSX.Element {
  const entry = colouring.legend[at]
  const [open, setOpen] = useState(opened)
  const [shown, setShown] = useState(PAGE)
  const members = open ? firstMembers(colouring.of, at, shown) : []
  return (
    <details open={open} onToggle={(event) => setOpen((event.target as HTMLDetailsElement).open)}>
      <summary>
        <span class="map-dot" style={{ backgroundColor: cssOf(entry?.colour ?? [0, 0, 0]) }} aria-hidden="true" />
        <h2>{entry?.label}</h2>
        <span class="fine">{countOf(entry?.points ?? 0)} pictures</span>
      </summary>
      <ul class="map-members">
        {members.map((point) => (
          <MapMember key={points.ids[point]} id={points.ids[point] as string} />
        ))}
      </ul>
      {shown < (entry?.points ?? 0) && (
        <button type="button" class="button" onClick={() => setShown(shown + PAGE)}>
          Show more
        </button>
      )}
    </details>
  )
}

function MapMember({ id }: { id: string }): JSX.Element {
  const [prompt, setPrompt] = useState<string>()
  useEffect(() => {
    const stop = new AbortController()
    readRow(id, stop.signal).then(
      (row) => setPrompt(row.prompt),
      () => undefined,
    )
    return () => stop.abort()
  }, [id])
  return (
    <li>
      <a href={`/row/${encodeURIComponent(id)}`} title={prompt}>
        <img src={thumbnailOf(id, 256)} alt={prompt ?? 'A picture'} loading="lazy" width={150} height={150} />
        <span>{prompt}</span>
      </a>
    </li>
  )
}

/** The first points of a group. */
function firstMembers(of: Uint16Array, group: number, most: number): number[] {
  const members: number[] = []
  for (let at = 0; at < of.length && members.length < most; at++) if (of[at] === group) members.push(at)
  return members
}

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { thumbnailOf } from '../api/search.ts'
import { TileActions } from './tile-actions.tsx'
import type { PlacedItem } from './wall.tsx'
import { factsOf, scoreOf, standInOf, type WallItem } from './wall-item.ts'

interface TileProps extends PlacedItem {
  readonly href: string
  readonly captions: boolean
}

/** Most characters of a prompt that a tile says to those who listen. */
const SPOKEN = 300

/** One picture of a wall, with what is known of it. */
export function WallTile(props: TileProps): JSX.Element {
  const { item, position, width, height, href, reachable, captions, onFocus } = props
  const standIn = standInOf(item)
  return (
    <div class="tile">
      <a
        class="tile-link"
        href={href}
        tabIndex={reachable ? 0 : -1}
        data-position={position}
        style={{ height: `${height}px` }}
        onFocus={onFocus}
      >
        <TilePicture item={item} pixels={Math.max(width, height)} />
        {!captions && (
          <span class="tile-over" aria-hidden="true">
            <span class="tile-prompt">{item.prompt}</span>
            <span class="tile-facts">{factsOf(item)}</span>
          </span>
        )}
        {standIn && (
          <span class="stand-in tile-stand-in" title={standIn}>
            stand-in
          </span>
        )}
        {(item.copyCount ?? 0) > 0 && (
          <span class="tile-copies" title={`Near-duplicates folded into this one: ${item.copyCount}`}>
            +{item.copyCount}
            <span class="unseen"> near-duplicates</span>
          </span>
        )}
      </a>
      <TileActions item={item} reachable={reachable} />
      {captions && (
        <div class="tile-caption" aria-hidden="true">
          <span class="tile-caption-prompt">{item.prompt}</span>
          <span class="tile-caption-facts">{factsOf(item)}</span>
        </div>
      )}
    </div>
  )
}

/** A row's thumbnail, or its words where it has none. */
function TilePicture({ item, pixels }: { item: WallItem; pixels: number }): JSX.Element {
  const [state, setState] = useState<'waiting' | 'there' | 'broken'>('waiting')
  const spoken = [item.prompt.slice(0, SPOKEN), scoreOf(item)].filter(Boolean).join(', ')
  if (!item.hasPicture || state === 'broken') {
    return <span class="tile-words">{item.prompt.slice(0, SPOKEN)}</span>
  }
  return (
    <img
      src={thumbnailOf(item.id, pixels * Math.min(2, window.devicePixelRatio))}
      alt={spoken}
      decoding="async"
      draggable={false}
      data-state={state}
      onLoad={() => setState('there')}
      onError={() => setState('broken')}
    />
  )
}

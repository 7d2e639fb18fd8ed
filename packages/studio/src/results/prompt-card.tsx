import type { JSX } from 'preact'
import { thumbnailOf } from '../api/search.ts'
import { TileActions } from './tile-actions.tsx'
import type { PlacedItem } from './wall.tsx'
import { factsOf, standInOf } from './wall-item.ts'

interface CardProps extends PlacedItem {
  readonly href: string
}

/** One prompt, with its picture beside it where there is one. */
export function PromptCard({ item, position, height, href, reachable, onFocus }: CardProps): JSX.Element {
  const standIn = item.hasPicture ? standInOf(item) : undefined
  const copies = item.copyCount ?? 0
  return (
    <div class="card" style={{ height: `${height}px` }}>
      <a class="card-link" href={href} tabIndex={reachable ? 0 : -1} data-position={position} onFocus={onFocus}>
        <span class="card-picture">
          {item.hasPicture && <img src={thumbnailOf(item.id, 256)} alt="" decoding="async" draggable={false} />}
          {standIn && (
            <span class="stand-in" title={standIn}>
              stand-in
            </span>
          )}
        </span>
        <span class="card-text">
          <span class="card-prompt">{item.prompt}</span>
          <span class="card-facts">
            {[factsOf(item), copies > 0 ? `+${copies} ${copies === 1 ? 'near-duplicate' : 'near-duplicates'}` : '']
              .filter(Boolean)
              .join(' · ')}
          </span>
        </span>
      </a>
      <TileActions item={item} reachable={reachable} />
    </div>
  )
}

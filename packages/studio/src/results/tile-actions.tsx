import type { JSX } from 'preact'
import { Icon } from '../interface/icon.tsx'
import { go } from '../navigation.ts'
import { addressOf } from '../question/link.ts'
import { likeRow, promptsOfRow } from '../question/query.ts'
import { pickedIds, togglePicked } from '../tray/tray.ts'
import type { WallItem } from './wall-item.ts'

/** What can be done with a row without opening it; the Tab key reaches the actions of one tile alone. */
export function TileActions({ item, reachable }: { item: WallItem; reachable: boolean }): JSX.Element {
  const isPicked = pickedIds.value.has(item.id)
  const tabIndex = reachable ? 0 : -1
  return (
    <div class="tile-actions">
      <button
        type="button"
        tabIndex={tabIndex}
        title="More like this"
        aria-label="More like this"
        onClick={() => go(addressOf(likeRow(item.id)))}
      >
        <Icon name="alike" size={18} />
      </button>
      {item.hasPicture && (
        <button
          type="button"
          tabIndex={tabIndex}
          title="Which prompt made this?"
          aria-label="Which prompt made this?"
          onClick={() => go(addressOf(promptsOfRow(item.id)))}
        >
          <Icon name="quill" size={18} />
        </button>
      )}
      <button
        type="button"
        tabIndex={tabIndex}
        class="pick"
        aria-pressed={isPicked}
        title={isPicked ? 'Put back' : 'Pick as inspiration'}
        aria-label="Pick as inspiration"
        onClick={() => togglePicked(item)}
      >
        <Icon name={isPicked ? 'check' : 'plus'} size={18} />
      </button>
    </div>
  )
}

import type { JSX } from 'preact'
import { copyText } from '../interface/clipboard.ts'
import { Icon } from '../interface/icon.tsx'
import { addressOf } from '../question/link.ts'
import { likeRow, promptsOfRow } from '../question/query.ts'
import type { WallItem } from '../results/wall-item.ts'
import { pickedIds, togglePicked } from '../tray/tray.ts'

/** What can be done with a row. */
export function RowActions({ item }: { item: WallItem }): JSX.Element {
  const isPicked = pickedIds.value.has(item.id)
  return (
    <div class="actions">
      <button type="button" class="button button-main" onClick={() => void copyText(item.prompt)}>
        <Icon name="copy" size={18} /> Copy prompt
      </button>
      <button type="button" class="button" aria-pressed={isPicked} onClick={() => togglePicked(item)}>
        <Icon name={isPicked ? 'check' : 'plus'} size={18} /> {isPicked ? 'Picked' : 'Pick'}
      </button>
      <a class="button" href={addressOf(likeRow(item.id))}>
        <Icon name="alike" size={18} /> More like this
      </a>
      <a class="button" href={`/make?prompt=${encodeURIComponent(item.prompt)}`}>
        <Icon name="brush" size={18} /> Make from this
      </a>
      {item.hasPicture && (
        <a class="button wide" href={addressOf(promptsOfRow(item.id))}>
          <Icon name="quill" size={18} /> Which prompt made this?
        </a>
      )}
    </div>
  )
}

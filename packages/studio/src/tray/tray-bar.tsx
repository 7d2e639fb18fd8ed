import type { JSX } from 'preact'
import { thumbnailOf } from '../api/search.ts'
import { Icon } from '../interface/icon.tsx'
import { place } from '../navigation.ts'
import { emptyTray, putBack, tray } from './tray.ts'

/** What was picked, at the foot of every view but the workbench, which shows it itself. */
export function TrayBar(): JSX.Element | null {
  const picked = tray.value
  if (picked.length === 0 || place.value.path === '/make') return null
  return (
    <aside class="tray" aria-label="Picked as inspiration">
      <ul>
        {picked.slice(-8).map(({ id, prompt, hasPicture }) => (
          <li key={id}>
            <button
              type="button"
              title={`Put back: ${prompt}`}
              aria-label={`Put back: ${prompt.slice(0, 80)}`}
              onClick={() => putBack(id)}
            >
              {hasPicture ? (
                <img src={thumbnailOf(id, 128)} alt="" />
              ) : (
                <span class="tray-words">{prompt.slice(0, 12)}</span>
              )}
              <Icon name="close" size={14} />
            </button>
          </li>
        ))}
      </ul>
      <span class="tray-count">{picked.length} picked</span>
      <button type="button" class="quiet" onClick={emptyTray}>
        Clear
      </button>
      <a class="button button-main" href="/make">
        <Icon name="brush" size={18} /> Make
      </a>
    </aside>
  )
}

import type { JSX } from 'preact'
import { thumbnailOf } from '../api/search.ts'
import { Icon } from '../interface/icon.tsx'
import { NOTHING } from '../question/query.ts'
import { rowAddress } from '../row/row-address.ts'
import { emptyTray, putBack, tray } from '../tray/tray.ts'

/** What was picked as inspiration. */
export function Inspiration(): JSX.Element {
  const picked = tray.value
  return (
    <section class="inspiration" aria-labelledby="inspiration-heading">
      <h2 id="inspiration-heading">
        Inspiration
        {picked.length > 0 && (
          <button type="button" class="quiet" onClick={emptyTray}>
            Clear
          </button>
        )}
      </h2>
      {picked.length === 0 && (
        <p class="fine">
          Nothing is picked: the refiner looks for prompts near yours by itself. Pick pictures in the{' '}
          <a href="/">search</a> with <Icon name="plus" size={14} /> to choose whose ideas it draws on.
        </p>
      )}
      <ul>
        {picked.map(({ id, prompt, hasPicture }) => (
          <li key={id}>
            <a class="inspiration-link" href={rowAddress(id, NOTHING)} title={prompt}>
              {hasPicture ? <img src={thumbnailOf(id, 256)} alt="" /> : <span class="twig-dot" />}
              <span>{prompt}</span>
            </a>
            <button
              type="button"
              class="quiet"
              aria-label={`Put back: ${prompt.slice(0, 80)}`}
              onClick={() => putBack(id)}
            >
              <Icon name="close" size={16} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

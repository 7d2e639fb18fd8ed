import type { JSX } from 'preact'
import { ApiFailure } from '../api/failure.ts'
import { Failed } from '../interface/failed.tsx'

interface MissingRowProps {
  readonly failure: Error
  readonly onRetry: () => void
  readonly onClose: () => void
}

/** Where a row should be: that there is none, or why it did not come. */
export function MissingRow({ failure, onRetry, onClose }: MissingRowProps): JSX.Element {
  if (!(failure instanceof ApiFailure && failure.status === 404))
    return <Failed message={failure.message} onRetry={onRetry} />
  return (
    <section class="empty" aria-labelledby="missing-heading">
      <h1 id="missing-heading">No such row</h1>
      <p>{failure.message}</p>
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          To the pictures
        </button>
      </div>
    </section>
  )
}

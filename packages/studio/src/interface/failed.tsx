import type { JSX } from 'preact'

interface FailedProps {
  readonly message: string
  readonly onRetry: () => void
}

/** Something that did not come: why, in words, and a way to ask for it again. */
export function Failed({ message, onRetry }: FailedProps): JSX.Element {
  return (
    <section class="empty" role="alert">
      <h2>That did not work</h2>
      <p>{message}</p>
      <div class="actions">
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    </section>
  )
}

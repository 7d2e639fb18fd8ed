import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

interface ConfirmationProps {
  readonly title: string
  /** What the button says that does it. */
  readonly action: string
  readonly children: ComponentChildren
  readonly onConfirm: () => void
  readonly onCancel: () => void
}

/** Asks before something that cannot be undone; the safe answer has the focus. */
export function Confirmation({ title, action, children, onConfirm, onCancel }: ConfirmationProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null
    dialog.current?.showModal()
    return () => before?.focus?.()
  }, [])
  const cancel = (event: Event) => {
    event.preventDefault()
    event.stopPropagation()
    onCancel()
  }
  return (
    <dialog class="confirmation" ref={dialog} aria-labelledby={heading} onCancel={cancel}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onConfirm()
        }}
      >
        <h2 id={heading}>{title}</h2>
        {children}
        <div class="actions">
          <button type="button" class="button" autofocus onClick={onCancel}>
            Cancel
          </button>
          <button type="submit" class="button button-bad">
            {action}
          </button>
        </div>
      </form>
    </dialog>
  )
}

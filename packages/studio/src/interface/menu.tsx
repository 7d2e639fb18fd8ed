import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

interface MenuProps {
  /** What the button shows. */
  readonly label: ComponentChildren
  /** What the button is called, where it shows a sign alone; else what is told of it under the pointer. */
  readonly name?: string
  readonly on?: boolean
  readonly plain?: boolean
  readonly children: ComponentChildren | ((close: () => void) => ComponentChildren)
}

/** A button that opens a panel below itself; Escape or a click elsewhere closes it. */
export function Menu({ label, name, on = false, plain = false, children }: MenuProps): JSX.Element {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const panel = useId()
  const close = () => setOpen(false)
  useEffect(() => {
    if (!open) return
    const stop = new AbortController()
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) close()
    }
    document.addEventListener('pointerdown', outside, { signal: stop.signal })
    document.addEventListener('focusin', outside, { signal: stop.signal })
    return () => stop.abort()
  }, [open])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !open) return
    event.stopPropagation()
    close()
    root.current?.querySelector('button')?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard from whatever inside has the focus.
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        class={plain ? 'quiet' : 'chip'}
        aria-expanded={open}
        aria-controls={open ? panel : undefined}
        aria-label={plain ? name : undefined}
        title={name}
        data-on={on || undefined}
        onClick={() => setOpen(!open)}
      >
        {label}
        {!plain && <Icon name="down" size={14} />}
      </button>
      {open && (
        <div class="menu-panel" id={panel}>
          {typeof children === 'function' ? children(close) : children}
        </div>
      )}
    </div>
  )
}

import type { CSSProperties, JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { pictureOf, thumbnailOf } from '../api/search.ts'
import { Icon } from '../interface/icon.tsx'
import { isPlain, isTyping } from '../interface/shortcuts.ts'
import { go, goBack } from '../navigation.ts'
import { addressOf } from '../question/link.ts'
import { standInOf, type WallItem } from '../results/wall-item.ts'
import { asked, results } from '../search/asked.ts'
import { togglePicked } from '../tray/tray.ts'
import { MissingRow } from './missing-row.tsx'
import { rowAddress } from './row-address.ts'
import { RowPanel } from './row-panel.tsx'
import { type KnownRow, listedRows, useRow } from './use-row.ts'
import { useSwipe } from './use-swipe.ts'

/** Hits from the end of what is known at which more is asked for. */
const NEAR_END = 5
/** Times its own size that a picture is shown at most: beyond that it is a blur. */
const LARGEST = 2

/** One row, large, over the answer that it was found in. */
export function RowView({ id }: { id: string }): JSX.Element {
  const view = useRef<HTMLDivElement>(null)
  const known = useRow(id)
  const list = listedRows()
  const at = list.findIndex((item) => item.id === id)
  const step = (by: number) => {
    const next = at < 0 ? undefined : list[at + by]
    if (next) go(rowAddress(next.id, asked.value), { replace: true })
  }
  const close = () => goBack(addressOf(asked.value))
  useEffect(() => {
    if (at >= list.length - NEAR_END) results.value?.more()
  }, [at, list.length])
  useKeys({ step, close, item: known.item })
  useFocusInside(view)
  useSwipe(view, step)
  return (
    <div class="row-view" role="dialog" aria-modal="true" aria-label="Prompt and picture" ref={view} tabIndex={-1}>
      {(known.item || !known.failure) && <Stage known={known} at={at} count={list.length} step={step} />}
      <button type="button" class="row-close" aria-label="Close" title="Close (Esc)" onClick={close}>
        <Icon name="close" size={22} />
      </button>
      {known.failure && !known.item ? (
        <div class="row-missing">
          <MissingRow failure={known.failure} onRetry={known.retry} onClose={close} />
        </div>
      ) : (
        <RowPanel id={id} known={known} onForgotten={close} />
      )}
    </div>
  )
}

interface StageProps {
  readonly known: KnownRow
  readonly at: number
  readonly count: number
  readonly step: (by: number) => void
}

function Stage({ known: { item }, at, count, step }: StageProps): JSX.Element {
  return (
    <div class="row-stage">
      {item?.hasPicture && <Large key={item.id} item={item} />}
      {item && !item.hasPicture && <p class="row-words">{item.prompt}</p>}
      {at > 0 && (
        <button type="button" class="row-step row-step-left" aria-label="Previous" onClick={() => step(-1)}>
          <Icon name="left" size={28} />
        </button>
      )}
      {at >= 0 && at < count - 1 && (
        <button type="button" class="row-step row-step-right" aria-label="Next" onClick={() => step(1)}>
          <Icon name="right" size={28} />
        </button>
      )}
      {at >= 0 && (
        <span class="row-place" aria-hidden="true">
          {at + 1} / {count}
        </span>
      )}
    </div>
  )
}

/** The picture itself over its thumbnail, which is there already. */
function Large({ item }: { item: WallItem }): JSX.Element {
  const known = item.width > 0 && item.height > 0
  const [width, height] = known ? [item.width, item.height] : [1, 1]
  const standIn = standInOf(item)
  return (
    <a
      class="row-picture"
      href={pictureOf(item.id)}
      target="_blank"
      rel="noreferrer"
      title="Open the picture alone"
      style={{ '--ratio': width / height, '--largest': known ? `${width * LARGEST}px` : '100%' } as CSSProperties}
    >
      <img class="row-picture-small" src={thumbnailOf(item.id, 512)} alt="" />
      <img class="row-picture-large" src={pictureOf(item.id)} alt={item.prompt.slice(0, 300)} />
      {standIn && <span class="stand-in row-stand-in">{standIn}</span>}
    </a>
  )
}

interface Keys {
  readonly step: (by: number) => void
  readonly close: () => void
  readonly item: WallItem | null
}

function useKeys(keys: Keys): void {
  const latest = useRef(keys)
  latest.current = keys
  // At once, and not after the next frame: between two rows a key would still mean the one that is gone.
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!isPlain(event) || isTyping(event.target) || document.querySelector('dialog[open]')) return
      const { step, close, item } = latest.current
      if (event.key === 'Escape') close()
      else if (event.key === 'ArrowLeft') step(-1)
      else if (event.key === 'ArrowRight') step(1)
      else if (event.key === 'p' && item) togglePicked(item)
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}

/** Gives the view the focus while it is open, and gives it back afterwards; where its holder is gone, to the content. */
function useFocusInside(view: { readonly current: HTMLElement | null }): void {
  // Asked for while drawing: once the page behind is inert, nothing in it has the focus any more.
  const [before] = useState(() => document.activeElement as HTMLElement | null)
  useEffect(() => {
    view.current?.focus({ preventScroll: true })
    return () => {
      requestAnimationFrame(() => {
        // Meanwhile the next row may lie over the page, or something in the page have taken the focus.
        if (document.querySelector('.row-view') || document.activeElement !== document.body) return
        const held = before?.isConnected && before !== document.body
        const next = held ? before : document.getElementById('main')
        next?.focus({ preventScroll: true })
      })
    }
  }, [])
}

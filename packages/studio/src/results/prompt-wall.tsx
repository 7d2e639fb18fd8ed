import type { JSX } from 'preact'
import { cardRows } from './card-rows.ts'
import { PromptCard } from './prompt-card.tsx'
import { Wall, type WallLayout } from './wall.tsx'
import type { WallItem } from './wall-item.ts'

interface PromptWallProps {
  readonly items: readonly WallItem[]
  readonly label: string
  readonly hrefOf: (item: WallItem) => string
  readonly onEnd: () => void
}

const GAP = 12

/** Prompts as cards in columns, each with its picture beside it. */
export function PromptWall({ hrefOf, ...wall }: PromptWallProps): JSX.Element {
  return <Wall {...wall} layout={cards} draw={(placed) => <PromptCard {...placed} href={hrefOf(placed.item)} />} />
}

function cards(items: readonly WallItem[], width: number): WallLayout {
  return { rows: cardRows(items.length, { width, gap: GAP, height: 148, narrowest: 420 }), gap: GAP, caption: 0 }
}

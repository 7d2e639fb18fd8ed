"""Trains the sample model: `train.py <training set> <model directory> [epochs] [checkpoint]`. See README.md.

With a checkpoint training goes on from its weights, at a learning rate that starts high and only falls.
"""
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import model as towers

BATCH = 192
VALIDATION = 400
PEAK = 2.5e-3


def load(folder):
    """Pictures (rows, 3, SIZE, SIZE) bytes, tokens (rows, wordings, CONTEXT), labels (rows, kinds); −1: none named."""
    pictures, tokens, labels = [], [], []
    for part in sorted(folder.glob("rows-*.jsonl")):
        number = part.stem.split("-")[1]
        rows = [json.loads(line)["labels"] for line in part.read_text().splitlines()]
        labels.append(np.array(rows))
        pixels = np.fromfile(folder / f"pixels-{number}.u8", dtype=np.uint8).reshape(len(rows), towers.SIZE, towers.SIZE, 3)
        pictures.append(pixels.transpose(0, 3, 1, 2))
        ids = np.fromfile(folder / f"tokens-{number}.i32", dtype=np.int32).reshape(len(rows), -1, towers.CONTEXT)
        tokens.append(ids)
    whole = [torch.from_numpy(np.concatenate(one).copy()) for one in (pictures, tokens, labels)]
    order = torch.randperm(len(whole[0]), generator=torch.Generator().manual_seed(1))
    return [one[order] for one in whole]


def normalised(pictures):
    mean, std = (torch.tensor(one).view(1, 3, 1, 1) for one in (towers.MEAN, towers.STD))
    return (pictures.float() / 255 - mean) / std


def varied(pictures):
    """Mirrored, moved by up to four pixels, a little brighter or darker: no prompt speaks of left, right or exposure."""
    batch = F.pad(pictures.float(), (4, 4, 4, 4), mode="replicate")
    dx, dy = torch.randint(0, 9, (2,)).tolist()
    batch = batch[:, :, dy : dy + towers.SIZE, dx : dx + towers.SIZE]
    mirrored = torch.rand(len(batch)) < 0.5
    batch = torch.where(mirrored.view(-1, 1, 1, 1), batch.flip(3), batch)
    return (batch * (0.92 + 0.16 * torch.rand(len(batch), 1, 1, 1))).clamp(0, 255)


def contrast(text, image, scale):
    logits = F.normalize(text, dim=1) @ F.normalize(image, dim=1).T * scale
    target = torch.arange(len(text))
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


def gathered(image, styles, temperature=0.12):
    """Supervised contrast (Khosla et al. 2020): pictures of one style lie together, so that neighbours share it."""
    vectors = F.normalize(image, dim=1)
    logits = vectors @ vectors.T / temperature - torch.eye(len(image)) * 1e4
    same = (styles[:, None] == styles[None, :]).float() - torch.eye(len(image))
    likely = logits.log_softmax(1)
    return -((likely * same).sum(1) / same.sum(1).clamp(min=1)).mean()


def precision(image, styles):
    """Share of the ten nearest other pictures that have the same style."""
    vectors = F.normalize(image, dim=1)
    nearest = (vectors @ vectors.T - 2 * torch.eye(len(image))).topk(10).indices
    return (styles[nearest] == styles[:, None]).float().mean().item()


def recall(text, image):
    """Share of prompts whose own picture comes first, and among the first ten."""
    logits = F.normalize(text, dim=1) @ F.normalize(image, dim=1).T
    better = (logits > logits.diag()[:, None]).sum(1)
    return (better < 1).float().mean().item(), (better < 10).float().mean().item()


def main():
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    torch.manual_seed(7)
    torch.set_num_threads(2)
    pictures, tokens, labels = load(folder)
    config = json.loads((target / "tokenizer_config.json").read_text())
    begin, end = sorted(int(number) for number in config["added_tokens_decoder"])
    text, vision = towers.TextTower(end + 1), towers.VisionTower()
    vision = vision.to(memory_format=torch.channels_last)
    scale = nn.Parameter(torch.tensor(math.log(12.0)))
    resumed = torch.load(sys.argv[4]) if len(sys.argv) > 4 else None
    if resumed:
        text.load_state_dict(resumed["text"]), vision.load_state_dict(resumed["vision"], strict=False)
        scale.data.fill_(math.log(24.0))
        # What sees edges and textures has learned enough; it costs half of the time.
        for layer in vision.layers[:5]:
            layer.requires_grad_(False)
    # Extra heads name the concepts of each picture while training; they are thrown away afterwards.
    widths = [towers.DIMENSIONS - towers.STYLE] * (labels.shape[1] - 1) + [towers.STYLE]
    heads = nn.ModuleList(nn.Linear(width, int(labels[:, kind].max()) + 2) for kind, width in enumerate(widths))
    decayed = [p for part in (text, vision, heads) for p in part.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW([{"params": decayed}, {"params": [scale], "weight_decay": 0}], lr=PEAK, weight_decay=0.02)
    kept = len(pictures) - VALIDATION
    steps = kept // BATCH * epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK, total_steps=steps, pct_start=0.04 if resumed else 0.15)
    print(
        f"{kept} pictures, {VALIDATION} for validation, {epochs} epochs, "
        f"{'from a checkpoint' if resumed else 'from scratch'}, {sum(p.numel() for p in decayed)} weights",
        flush=True,
    )
    started = time.time()
    for epoch in range(epochs):
        text.train(), vision.train()
        if resumed:
            vision.layers[:5].eval()
        total = 0.0
        order = torch.randperm(kept)
        for at in range(0, kept // BATCH * BATCH, BATCH):
            rows = order[at : at + BATCH]
            ids = tokens[rows, torch.randint(0, tokens.shape[1], (len(rows),))].long()
            ids = ids[:, : min(int((ids > 0).sum(1).max()), 44 if resumed else towers.CONTEXT)]
            image = vision(normalised(varied(pictures[rows])).contiguous(memory_format=torch.channels_last))
            words = text(ids, (ids > 0).long())
            loss = contrast(words, image, scale.exp().clamp(max=80))
            style, scene = image[:, : towers.STYLE], image[:, towers.STYLE :]
            naming = sum(
                F.cross_entropy(head(8 * (style if head is heads[-1] else scene)), labels[rows, kind] + 1)
                for kind, head in enumerate(heads)
            )
            optimiser.zero_grad()
            (loss + 0.15 * naming + 0.4 * gathered(style, labels[rows, -1])).backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        text.eval(), vision.eval()
        with torch.no_grad():
            ids = tokens[kept:, 0].long()
            image = torch.cat([vision(normalised(part)) for part in pictures[kept:].split(100)])
            first, tenth = recall(text(ids, (ids > 0).long()), image)
            style = precision(image, labels[kept:, -1])
        print(
            f"epoch {epoch + 1:2d}  loss {total / (kept // BATCH):.3f}  validation recall@1 {first:.3f} @10 {tenth:.3f} style@10 {style:.3f}"
            f"  scale {scale.exp().item():.1f}  {time.time() - started:.0f} s",
            flush=True,
        )
        torch.save({"text": text.state_dict(), "vision": vision.state_dict()}, folder / "latest.pt")
        towers.export(target, text, vision, end + 1, begin, end)


if __name__ == "__main__":
    main()

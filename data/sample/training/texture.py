"""Trains what tells the styles apart: `texture.py <training set>`, beside train.py. See README.md."""
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

import model as towers
from train import VALIDATION, load, normalised


def components(pictures, filters):
    """Principal components of 5 × 5 patches, each scaled to answer equally strongly on average."""
    patches = F.unfold(normalised(pictures), 5, stride=7).transpose(1, 2).reshape(-1, 75)
    patches = patches - patches.mean(0)
    values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
    # The weakest components are the finest textures; the strongest ones, slow changes of light, tell no style.
    order = torch.arange(75 - 1, 75 - 1 - 2 * filters, -2)
    return (vectors[:, order] / (values[order] + 1e-5).sqrt()).T.reshape(filters, 3, 5, 5)


def main():
    folder = Path(sys.argv[1])
    torch.manual_seed(9)
    torch.set_num_threads(2)
    pictures, _, labels = load(folder)
    styles = labels[:, -1]
    kept = len(pictures) - VALIDATION
    texture, head = towers.Texture(), nn.Linear(128, int(styles.max()) + 1)
    with torch.no_grad():
        texture.bank.weight.copy_(components(pictures[:400], texture.bank.out_channels))
        statistics = torch.cat([texture.statistics(normalised(part)) for part in pictures.split(64)])
    # Set once from all pictures; never from a batch, the last of which may be tiny.
    texture.scale.running_mean.copy_(statistics[:kept].mean(0))
    texture.scale.running_var.copy_(statistics[:kept].var(0))
    texture.scale.eval()
    trained = [*texture.out.parameters(), *head.parameters()]
    optimiser = torch.optim.AdamW(trained, lr=1.5e-3, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1.5e-3, total_steps=30 * (-(-kept // 128)))
    answer = lambda rows: head(F.dropout(texture.told(rows), 0.3, torch.is_grad_enabled()))
    for epoch in range(30):
        for rows in torch.randperm(kept).split(128):
            loss = F.cross_entropy(answer(statistics[rows]), styles[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        if epoch % 5 == 4:
            with torch.no_grad():
                right = (answer(statistics[kept:]).argmax(1) == styles[kept:]).float().mean().item()
            print(f"texture, epoch {epoch + 1:2d}  loss {loss.item():.3f}  validation styles named {right:.3f}", flush=True)
    torch.save(texture.state_dict(), folder / "texture.pt")


if __name__ == "__main__":
    main()

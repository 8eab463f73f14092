import { Injectable } from '@nestjs/common';
import type { OperatorId } from '@ringdown/protocol/ids';

/** What happens to members, for features that may know this one while it may not know them. */
@Injectable()
export class MemberEvents {
  private readonly removed: ((operatorId: OperatorId) => Promise<void>)[] = [];
  private readonly changed: (() => void)[] = [];

  onRemoved(listener: (operatorId: OperatorId) => Promise<void>): void {
    this.removed.push(listener);
  }

  onChanged(listener: () => void): void {
    this.changed.push(listener);
  }

  /** Their sessions are over already. */
  async tellRemoved(operatorId: OperatorId): Promise<void> {
    await Promise.all(this.removed.map((listener) => listener(operatorId)));
    this.tellChanged();
  }

  tellChanged(): void {
    for (const listener of this.changed) listener();
  }
}

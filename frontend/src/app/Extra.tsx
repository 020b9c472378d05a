/** Around a part that the page can do without: where it fails, the rest of the page stays as it is. */
import { Component, type ReactNode, Suspense } from 'react';
import { isOutside } from '../api/errors';
import { connection } from '../live/connection';
import { reportFailure } from './failures';
import { forgetFailed } from './lazily';
import { isUpgrade } from './upgrade';

interface Props {
  children: ReactNode;
  /** While it is on its way, and where it does not come. */
  fallback?: ReactNode;
  /** Told what to say; null where the bar on top says it: an upgrade. */
  onFail?: (error: unknown) => void;
}

export class Extra extends Component<Props, { failed: boolean }> {
  override state = { failed: false };
  private unsubscribe: (() => void) | undefined;

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidMount(): void {
    this.unsubscribe = connection.onHealed(() => this.setState({ failed: false }));
  }

  override componentWillUnmount(): void {
    this.unsubscribe?.();
  }

  override componentDidCatch(error: unknown): void {
    forgetFailed();
    if (!isOutside(error)) reportFailure(error);
    this.props.onFail?.(isUpgrade(error) ? null : error);
  }

  override render(): ReactNode {
    const { children, fallback = null } = this.props;
    return this.state.failed ? fallback : <Suspense fallback={fallback}>{children}</Suspense>;
  }
}

/** Catches what a part of the page throws, reports it, and offers a way on. */
import { Component, type ReactNode } from 'react';
import { isOutside, Offline, PartGone } from '../api/errors';
import { queries } from '../api/queries';
import { useText } from '../i18n/language';
import { connection } from '../live/connection';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Card';
import { ErrorNotice } from '../ui/Notice';
import { reportFailure } from './failures';
import { forgetFailed } from './lazily';
import { Reload } from './UpgradeBanner';
import { useSaidHere } from './upgrade';

interface State {
  error: unknown;
}

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };
  private unsubscribe: (() => void) | undefined;

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override componentDidMount(): void {
    this.unsubscribe = connection.onHealed(() => this.state.error instanceof Offline && this.again());
  }

  override componentWillUnmount(): void {
    this.unsubscribe?.();
    forgetUnread();
  }

  override componentDidCatch(error: unknown): void {
    forgetFailed();
    forgetUnread();
    if (!isOutside(error)) reportFailure(error);
  }

  private again = (): void => {
    forgetUnread();
    void queries.invalidateQueries();
    this.setState({ error: null });
  };

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <Broken error={this.state.error} onAgain={this.again} />;
  }
}

/** A query that failed would throw the same error when it is shown again, unasked. */
function forgetUnread(): void {
  queries.removeQueries({
    type: 'inactive',
    predicate: ({ state }) => state.status === 'error' && state.data === undefined,
  });
}

function Broken({ error, onAgain }: { error: unknown; onAgain: () => void }) {
  const text = useText().shell.broken;
  if (error instanceof PartGone) return <Gone error={error} />;
  if (isOutside(error))
    return <ErrorNotice error={error} action={<Button onClick={onAgain}>{text.again}</Button>} />;
  return (
    <Empty title={text.title}>
      <p role="alert">{text.about}</p>
      <Button look="primary" onClick={onAgain}>
        {text.again}
      </Button>
      <Button look="ghost" onClick={() => window.location.reload()}>
        {text.reload}
      </Button>
    </Empty>
  );
}

function Gone({ error }: { error: PartGone }) {
  useSaidHere();
  return <ErrorNotice error={error} action={<Reload />} />;
}

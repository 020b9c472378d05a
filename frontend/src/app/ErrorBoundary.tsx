/** Catches what a part of the page throws, reports it, and offers a way on. */
import { Component, type ReactNode } from 'react';
import { ApiError, Offline } from '../api/errors';
import { queries } from '../api/queries';
import { useText } from '../i18n/language';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Card';
import { ErrorNotice } from '../ui/Notice';
import { reportFailure } from './failures';

interface State {
  error: unknown;
}

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override componentDidCatch(error: unknown): void {
    if (!isAnswer(error)) reportFailure(error);
  }

  private again = (): void => {
    void queries.invalidateQueries();
    this.setState({ error: null });
  };

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <Broken error={this.state.error} onAgain={this.again} />;
  }
}

/** A refusal or a lost connection is no fault of the page's. */
function isAnswer(error: unknown): boolean {
  return error instanceof ApiError || error instanceof Offline;
}

function Broken({ error, onAgain }: { error: unknown; onAgain: () => void }) {
  const text = useText().shell.broken;
  if (isAnswer(error))
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

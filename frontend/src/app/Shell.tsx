/** What is around every screen: the bar with its menus, the numbers, the tabs, and word of a lost connection. */
import { CircleUserRound, SunMoon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useText } from '../i18n/language';
import { LinkButton } from '../ui/Button';
import { ConnectionBanner } from './ConnectionBanner';
import { Extra } from './Extra';
import { later } from './later';
import { lazily } from './lazily';
import { Mark } from './Mark';
import { REMOVER, TABS, tabPath } from './routes';
import styles from './Shell.module.css';
import { StatsBar } from './StatsBar';
import { useStart } from './session';
import { UpgradeBanner } from './UpgradeBanner';
import { useStrays } from './useStrays';

// Not needed for the first look at a page.
const Menus = lazily(async () => {
  await later();
  return { default: (await import('./menus')).Menus };
});

export function Shell({ children }: { children: ReactNode }) {
  const text = useText().shell;
  const [path] = useLocation();
  const { open, user, registrationOpen } = useStart();
  const inside = open || user !== null;
  useStrays(inside);
  return (
    <>
      <a href="#content" className={styles.skip}>
        {text.skip}
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <Link href="/" className={styles.brand} aria-label={`${text.product}, ${text.home}`}>
            <Mark />
            <span>{text.product}</span>
          </Link>
          {inside && path.startsWith(REMOVER) && <Tabs path={path} />}
          <div className={styles.right}>
            {inside && <StatsBar />}
            <Extra fallback={<SoonMenus person={user !== null} />}>
              <Menus user={user} />
            </Extra>
            {!inside && (
              <>
                <LinkButton href="/login" look="ghost" size="s">
                  {text.logIn}
                </LinkButton>
                {registrationOpen && (
                  <LinkButton href="/register" look="primary" size="s" className={styles.wide}>
                    {text.register}
                  </LinkButton>
                )}
              </>
            )}
          </div>
        </div>
        {/* Within it, as its height differs by width, language and screen. */}
        <ConnectionBanner />
        <UpgradeBanner />
      </header>
      <main id="content" tabIndex={-1} className={styles.main}>
        {children}
      </main>
    </>
  );
}

/** What the menus' buttons look like, while their code is on its way. */
function SoonMenus({ person }: { person: boolean }) {
  return (
    <span className={styles.soon} aria-hidden="true">
      <SunMoon />
      {person && <CircleUserRound />}
    </span>
  );
}

function Tabs({ path }: { path: string }) {
  const text = useText().shell;
  return (
    <nav className={styles.tabs} aria-label={text.apps['background-remover'].name}>
      {TABS.map((tab) => (
        <Link
          key={tab}
          href={tabPath(tab)}
          className={styles.tab}
          aria-current={path.startsWith(tabPath(tab)) ? 'page' : undefined}
        >
          {text.tabs[tab]}
        </Link>
      ))}
    </nav>
  );
}

export function Loading() {
  const text = useText().shell;
  return (
    <div className={styles.loading} role="status">
      <Mark />
      <span className="visually-hidden">{text.loading}</span>
    </div>
  );
}

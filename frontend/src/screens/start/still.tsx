/** The start as strangers see it until the page's own code is there; drawn by the build, once a language. */
import { renderToStaticMarkup } from 'react-dom/server';
import { Router } from 'wouter';
import { Mark } from '../../app/Mark';
import shell from '../../app/Shell.module.css';
import { first as english } from '../../i18n/en/first';
import { first as indonesian } from '../../i18n/id/first';
import type { Language } from '../../i18n/text';
import { LinkButton } from '../../ui/Button';
import { Hero, Points } from './Hero';
import styles from './Landing.module.css';

const TEXTS = { en: english, id: indonesian };

export function still(language: Language): string {
  const text = TEXTS[language];
  const drawn = renderToStaticMarkup(
    <Router ssrPath="/">
      <header className={shell.header}>
        <div className={shell.bar}>
          <span className={shell.brand}>
            <Mark />
            <span>{text.shell.product}</span>
          </span>
          <div className={shell.right}>
            <span className={shell.menu} />
            <LinkButton href="/login" look="ghost" size="s">
              {text.shell.logIn}
            </LinkButton>
            <span className={styles.unknown}>
              <LinkButton href="/register" look="primary" size="s" className={shell.wide}>
                {text.shell.register}
              </LinkButton>
            </span>
          </div>
        </div>
      </header>
      <main className={shell.main}>
        <div className={styles.landing}>
          <Hero text={text.start} onFiles={() => undefined} />
          <Points text={text.start} />
        </div>
      </main>
    </Router>,
  );
  return drawn.replace(/ style="[^"]*"/g, ''); // the page's policy takes none; the style sheet has the same
}

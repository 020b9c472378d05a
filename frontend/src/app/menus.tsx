/** The bar's menus: how the page looks and speaks, and what is the person's. */
import { CircleUserRound, KeyRound, LogOut, ShieldCheck, SunMoon } from 'lucide-react';
import { useLocation } from 'wouter';
import { useLanguage, useText } from '../i18n/language';
import { LANGUAGES } from '../i18n/text';
import { setTheme, useTheme } from '../theme/theme';
import { IconButton } from '../ui/Button';
import { useErrorText } from '../ui/errorText';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../ui/Menu';
import { toast } from '../ui/toasts';
import { logOut, type User } from './session';

export function Menus({ user }: { user: User | null }) {
  return (
    <>
      <ViewMenu />
      {user && <PersonMenu user={user} />}
    </>
  );
}

function ViewMenu() {
  const text = useText().shell;
  const theme = useTheme();
  const { language, choose } = useLanguage();
  return (
    <Menu trigger={<IconButton label={`${text.theme}, ${text.language}`} icon={<SunMoon />} />}>
      <MenuChoice
        label={text.theme}
        value={theme}
        options={(['light', 'dark', 'system'] as const).map((each) => [each, text.themes[each]] as const)}
        onChoose={setTheme}
      />
      <MenuLine />
      <MenuChoice
        label={text.language}
        value={language}
        options={LANGUAGES.map((each) => [each, text.languages[each]] as const)}
        onChoose={choose}
      />
    </Menu>
  );
}

function PersonMenu({ user }: { user: User }) {
  const text = useText().shell;
  const describe = useErrorText();
  const [, go] = useLocation();
  const leave = () => logOut().catch((error) => toast.bad(describe(error)));
  return (
    <Menu trigger={<IconButton label={`${text.account}: ${user.email}`} icon={<CircleUserRound />} />}>
      <MenuItem icon={<KeyRound />} onSelect={() => go('/account')}>
        {text.account}
      </MenuItem>
      {user.role === 'admin' && (
        <MenuItem icon={<ShieldCheck />} onSelect={() => go('/admin')}>
          {text.admin}
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem icon={<LogOut />} onSelect={() => void leave()}>
        {text.logOut}
      </MenuItem>
    </Menu>
  );
}

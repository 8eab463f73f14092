import type { ReactNode } from 'react';
import { Autocomplete } from 'react-aria-components/Autocomplete';
import { Header } from 'react-aria-components/Header';
import { Input } from 'react-aria-components/Input';
import { Keyboard } from 'react-aria-components/Keyboard';
import { Menu, MenuItem, MenuSection } from 'react-aria-components/Menu';
import { SearchField } from 'react-aria-components/SearchField';
import './field.css';
import './palette.css';

export interface PaletteItem {
  readonly id: string;
  readonly name: string;
  readonly icon?: ReactNode;
  /** As printed on a key. */
  readonly shortcut?: string;
}

interface PaletteProps {
  readonly label: string;
  readonly groups: readonly { readonly id: string; readonly name: string; readonly items: readonly PaletteItem[] }[];
  readonly empty: string;
  readonly onChoose: (id: string) => void;
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
/** Every word that was typed, in any order, with or without accents. */
const contains = (text: string, typed: string) =>
  plain(typed)
    .split(/\s+/)
    .every((word) => plain(text).includes(word));

/** A field that narrows a list of actions; arrows move, Enter does. */
export function Palette({ label, groups, empty, onChoose }: PaletteProps) {
  return (
    <Autocomplete filter={contains}>
      <SearchField aria-label={label} autoFocus>
        <Input className="field-input" />
      </SearchField>
      <Menu
        className="palette"
        aria-label={label}
        onAction={(key) => onChoose(String(key))}
        renderEmptyState={() => <p className="quiet palette-empty">{empty}</p>}
      >
        {groups
          .filter(({ items }) => items.length > 0)
          .map((group) => (
            <MenuSection key={group.id} id={group.id} className="palette-group">
              <Header className="palette-head">{group.name}</Header>
              {group.items.map(({ id, name, icon, shortcut }) => (
                <MenuItem key={id} id={id} textValue={name} className="palette-item">
                  {icon}
                  <span className="grow">{name}</span>
                  {shortcut === undefined ? null : <Keyboard className="palette-key">{shortcut}</Keyboard>}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
      </Menu>
    </Autocomplete>
  );
}

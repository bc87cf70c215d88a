"use strict";
// What is wider than its place is moved with the keyboard, and the Tab key stops at it; it passes by
// what is not, of which a page may have a hundred.
(() => {
  const sizes = new ResizeObserver((changed) => changed.forEach(({ target }) => {
    const cut = target.scrollWidth > target.clientWidth;
    target.tabIndex = cut || (target.matches(".wide") && target.scrollHeight > target.clientHeight) ? 0 : -1;
  }));
  const watch = (root) => root.querySelectorAll(":is(.eq, .wide)[tabindex]").forEach((line) => sizes.observe(line));
  watch(document);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const added of addedNodes) if (added.querySelectorAll) watch(added);
  }).observe(document.querySelector("main"), { childList: true, subtree: true });
})();

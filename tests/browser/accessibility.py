"""What is asked of every page: axe's rules, and that nothing is wider than the window."""

PHONE, DESK = 320, 1280
ENDS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
RUN_AXE = """(contrast) => axe.run(document, {
    resultTypes: ['violations'], preload: false, rules: {'color-contrast': {enabled: contrast}}
}).then(found => found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 120)).join(' | ')}`))"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach(details => { details.open = true })"

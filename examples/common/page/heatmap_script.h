/* How a page of heat maps looks and what it does; heatmap_page.c writes its parts. */
#ifndef EXAMPLES_HEATMAP_SCRIPT_H
#define EXAMPLES_HEATMAP_SCRIPT_H

extern const char heatmap_style[];
extern const char heatmap_script[];

#endif
